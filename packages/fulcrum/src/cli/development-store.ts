import type { AppConfig, Environment } from '../app/config.ts'
import { isFulcrumError } from '../kernel/errors/fulcrum-error.ts'

/**
 * Where the configuration asks for a database that the environment does not name, development uses the embedded cluster, and brings its
 * schema up to date by itself: it belongs to nobody else. Everything else stays as configured.
 */
export async function withDevelopmentStore(config: AppConfig, env: Environment): Promise<AppConfig> {
  if (!lacksSetting(config, env)) return config
  const { embedded } = await import('../adapters/embedded-postgres/source.ts')
  return { ...config, store: embedded(), migrations: 'boot' }
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
