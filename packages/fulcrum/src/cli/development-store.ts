import type { AppConfig, Environment } from '../app/config.ts'
import { isFulcrumError } from '../kernel/errors/fulcrum-error.ts'

/** A configuration with a database in any case. */
export interface Development {
  readonly config: AppConfig
  /** Whether the database is the embedded cluster that stands in for one that is not configured. */
  readonly standsIn: boolean
}

/**
 * Where the configuration asks for a database that the environment does not name, development uses the embedded cluster, and brings its
 * schema up to date by itself: it belongs to nobody else. Everything else stays as configured.
 */
export async function withDevelopmentStore(
  config: AppConfig,
  env: Environment,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<Development> {
  if (!lacksSetting(config, env)) return { config, standsIn: false }
  const { embedded } = await import('../adapters/embedded-postgres/source.ts')
  return { config: { ...config, store: embedded({ fresh }), migrations: 'boot' }, standsIn: true }
}

function lacksSetting({ store }: AppConfig, env: Environment): boolean {
  if (typeof store !== 'function') return false
  try {
    store(env)
    return false
  } catch (error) {
    if (isFulcrumError(error, 'FUL-1013')) return true
    throw error
  }
}
