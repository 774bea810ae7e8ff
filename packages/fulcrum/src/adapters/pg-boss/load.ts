import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

type Module = typeof import('pg-boss')

/** @throws FUL-1014 when pg-boss is not installed. */
export async function loadPgBoss(): Promise<Module['PgBoss']> {
  try {
    return (await import('pg-boss')).PgBoss
  } catch (cause) {
    const params = { feature: 'Running jobs', peer: 'pg-boss', install: 'npm install pg-boss' }
    throw fulcrumError('FUL-1014', params, { cause })
  }
}
