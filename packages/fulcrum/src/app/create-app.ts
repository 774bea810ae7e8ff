import type { Clock } from '../kernel/clock.ts'
import { createRealClock } from '../kernel/clock-real.ts'
import type { Random } from '../kernel/random.ts'
import { createRealRandom } from '../kernel/random-real.ts'
import type { App } from './app.ts'
import { Application } from './application.ts'
import { boot } from './boot.ts'
import type { AppConfig, Environment } from './config.ts'

/** What an application may be given instead of the real thing. */
export interface AppDependencies {
  /** Default: the process's. */
  readonly env?: Environment
  /** Default: the machine's clocks. */
  readonly clock?: Clock
  readonly random?: Random
  /** One line for people, about what happens outside any call. Default: none. */
  readonly log?: (line: string) => void
}

/**
 * Checks and plans an application; nothing is connected yet.
 *
 * ```ts
 * const app = await createApp(config).start()
 * await app.call(getProfile, { userId })
 * ```
 *
 * @throws BootError with everything that is wrong, each with operation, field, what was found and what is allowed.
 */
export function createApp(config: AppConfig, dependencies: AppDependencies = {}): App {
  const {
    env = process.env,
    clock = createRealClock(),
    random = createRealRandom(),
    log = () => {},
  } = dependencies
  return new Application(config, boot(config, env), { clock, random, log })
}
