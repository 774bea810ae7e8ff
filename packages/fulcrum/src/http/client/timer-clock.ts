import type { Clock } from '../../kernel/clock.ts'

/**
 * The clock for the deadlines of a client: few and long, so each has a timer of its own. The coarse tick, made for servers with thousands of them,
 * would wake a browser every few milliseconds while a call is under way.
 */
export function timerClock(clock: Clock): Clock {
  const now = (): number => clock.now()
  return {
    now,
    coarse: now,
    wall: () => clock.wall(),
    timer: (ms, callback, options) => clock.timer(ms, callback, options),
    alarm: (at, callback) => clock.timer(Math.max(0, at - now()), callback, { ref: false }),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    yield: () => clock.yield(),
  }
}
