import type { AppConfig, Environment } from '../app/config.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'

/**
 * The configuration with the data of its embedded cluster thrown away at the start. Data of a database that somebody else runs is not ours to
 * throw away.
 *
 * @throws FUL-6006 when the database is none of the embedded clusters.
 */
export function withEmptiedStore(config: AppConfig, env: Environment): AppConfig {
  const store = typeof config.store === 'function' ? config.store(env) : config.store
  if (store?.kind === 'embedded') return { ...config, store: store.emptied() }
  const allowed = 'only where the database is the embedded one'
  throw fulcrumError('FUL-6006', { argument: '--fresh', found: 'given', allowed })
}
