import type { Clock } from '../../packages/fulcrum/src/kernel/clock.ts'
import { createRealClock } from '../../packages/fulcrum/src/kernel/clock-real.ts'
import type { Random } from '../../packages/fulcrum/src/kernel/random.ts'
import { createRealRandom } from '../../packages/fulcrum/src/kernel/random-real.ts'

/** Real time, for tests with processes and sockets. */
export const clock: Clock = createRealClock()

/** Real randomness: test processes that run side by side must not choose the same names and ports. */
export const random: Random = createRealRandom()
