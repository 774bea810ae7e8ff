// oxlint-disable-next-line no-restricted-imports -- a secret must not come from a Random, which may be replayed
import { randomBytes } from 'node:crypto'
import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { reasonOf, sqlState } from './failure.ts'
import { withLock } from './migrations/lock.ts'
import { type MigrationParts, onPrimary } from './migrations/on-primary.ts'
import type { MigrationSession } from './migrations/session.ts'
import { CREATE_SECRETS, KEEP_SECRET, READ_SECRET, SECRETS_EXIST } from './sql/secret.ts'

const BYTES = 32

/** insufficient_privilege; read_only_sql_transaction. */
const FORBIDDEN = /^(?:42501|25006)$/

/** Secrets in `fulcrum.secret` on the primary, so that they are backed up, restored and failed over with the data that they protect. */
export class PostgresSecrets implements Secrets {
  readonly #parts: MigrationParts

  constructor(parts: MigrationParts) {
    this.#parts = parts
  }

  /** @throws FUL-4027 where the user may neither read nor make it. */
  async shared(name: string, deadline: Deadline): Promise<Uint8Array> {
    try {
      return await onPrimary(this.#parts, deadline, async (session) => {
        return (await this.#read(session, name)) ?? (await this.#keep(session, name))
      })
    } catch (error) {
      if (!FORBIDDEN.test(sqlState(error) ?? '')) throw error
      throw fulcrumError('FUL-4027', { name, reason: reasonOf(error) }, { cause: error })
    }
  }

  async #read(session: MigrationSession, name: string): Promise<Uint8Array | undefined> {
    const [answer] = await session.rows(SECRETS_EXIST)
    if (answer?.['exists'] !== true) return undefined
    const [row] = await session.rows(READ_SECRET, [name])
    return row && Buffer.from(String(row['value']), 'hex')
  }

  /** Under the lock of migrations: two that create one schema at the same moment fail in PostgreSQL, IF NOT EXISTS or not. */
  #keep(session: MigrationSession, name: string): Promise<Uint8Array> {
    return withLock(session, this.#parts.dependencies, async () => {
      await session.script(CREATE_SECRETS)
      await session.rows(KEEP_SECRET, [name, randomBytes(BYTES).toString('hex')])
      const kept = await this.#read(session, name)
      if (kept === undefined) throw new Error(`the secret ${name} was kept and is not there`)
      return kept
    })
  }
}
