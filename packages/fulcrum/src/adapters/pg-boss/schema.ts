/** Where pg-boss keeps its tables. A schema of its own: an application may have a pg-boss beside this one, of another version. */
export const SCHEMA = 'fulcrum_jobs'

/** The queue that a queue's dead letters are in. No operation has such a name. */
export function deadOf(queue: string): string {
  return `${queue}.dead`
}
