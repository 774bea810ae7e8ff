/**
 * The only way the rest of the code base learns the time or waits for it.
 *
 * `now()` and `coarse()` are monotonic milliseconds with an arbitrary origin: fit for durations and deadlines, meaningless on
 * another machine. `wall()` is the calendar: fit for records that people read, unfit for durations.
 *
 * Implementations: `clock-real.ts` (the machine's clocks) and `clock-virtual.ts` (simulated; advances only at quiescence).
 */
export interface Clock {
  /** Monotonic time in milliseconds, with sub-millisecond precision. Costs a system clock read (~40 ns). */
  now(): number
  /** Monotonic time in milliseconds, at most about one tick (1 ms) behind `now()` while the event loop turns. Costs a field read. */
  coarse(): number
  /** Wall-clock time in milliseconds since the Unix epoch. */
  wall(): number
  /** Calls `callback` once after `ms` milliseconds. An unref'd timer does not keep the process alive. */
  timer(ms: number, callback: () => void, options?: TimerOptions): Timer
  /**
   * Calls `callback` once at about `at` (on the scale of `coarse()`), never early, at most a few ticks late. Made for the many timers that
   * are nearly always cancelled, such as deadlines: both arming and cancelling are O(1) and allocate one small object. Does not keep the
   * process alive.
   */
  alarm(at: number, callback: () => void): Timer
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Resolves after other ready work has had a turn. */
  yield(): Promise<void>
}

export interface TimerOptions {
  /** Keep the process alive until the timer has fired. Default `true`. */
  readonly ref?: boolean
}

/** A pending timer. Cancelling one that has fired, or cancelling twice, does nothing. */
export interface Timer {
  cancel(): void
}
