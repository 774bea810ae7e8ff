import type { App } from '../app/app.ts'
import type { CommandContext } from './command-context.ts'
import { withDevelopmentStore } from './development-store.ts'
import { findConfig, loadConfig } from './load-config.ts'

/**
 * The application of a configuration, for somebody who looks at what its instances do: it does none of their work. No service is started, nothing is migrated, no
 * job and no run of steps is taken up, nothing goes to a broker or comes from there, and other processes do not call it.
 */
export async function lookingApp(
  path: string | undefined,
  { terminal: { err }, env, directory }: CommandContext,
): Promise<App> {
  const loaded = await loadConfig(findConfig(path, directory))
  const config = await withDevelopmentStore(loaded, env)
  const { createApp } = await import('../app/create-app.ts')
  const log = (line: string): void => err.line(err.paint('dim', line))
  const internal = typeof config.internal === 'function' ? config.internal(env) : config.internal
  const { broker: _, ...rest } = config
  const looking = {
    ...rest,
    services: [],
    migrations: 'manual',
    jobs: { run: false },
    steps: { recover: false },
    // The port is that of an instance which may be running.
    ...(internal !== undefined && { internal: { keys: internal.keys } }),
  } as const
  return createApp(looking, { env, log })
}
