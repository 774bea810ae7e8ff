/** What a call knows of the job that it runs. */
export interface RunningJob {
  /** The id that it was enqueued with. */
  readonly id: string
  readonly attempt: number
  /** Whether some transaction may have been committed for it already. */
  mayBeApplied: boolean
}
