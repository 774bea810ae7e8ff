import { randomInt, randomUUID, randomBytes } from 'node:crypto'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../packages/fulcrum/src/kernel/clock.ts'
import type { Random } from '../../packages/fulcrum/src/kernel/random.ts'

/** Real time, for tests with processes and sockets. */
export const clock: Clock = {
  now: () => performance.now(),
  coarse: () => performance.now(),
  wall: () => Date.now(),
  timer(ms, callback, options) {
    const timer = setTimeout(callback, ms)
    if (options?.ref === false) timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  alarm(at, callback) {
    const timer = setTimeout(callback, at - performance.now())
    return { cancel: () => clearTimeout(timer) }
  },
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal })
  },
  yield: async () => {
    await setImmediate()
  },
}

/** Real randomness: test processes that run side by side must not choose the same names and ports. */
export const random: Random = {
  next: () => randomInt(2 ** 47) / 2 ** 47,
  int: (below) => randomInt(below),
  uuid: () => randomUUID(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
}
