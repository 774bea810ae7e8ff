/**
 * Tells the instances on one database that there is something to look for. A hint and nothing else: it may be lost or come twice, so whoever listens looks
 * by itself, too, and less often.
 */
export interface Signals {
  /** Calls `heard` when an instance has sent a signal, and when some may have been missed: listening has begun, or begun again. */
  listen(heard: () => void): void
  /** Sends one, where that is possible at once. Never throws, nobody waits for it. */
  send(): void
  /** Whether signals of others arrive. */
  readonly isListening: boolean
  close(): Promise<void>
}
