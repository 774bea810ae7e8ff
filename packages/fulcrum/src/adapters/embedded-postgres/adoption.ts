import { existsSync } from 'node:fs'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { readPostmasterFile, runningPostmaster } from './postmaster-file.ts'
import { isRunning } from './processes.ts'
import { MAINTENANCE_DATABASE, systemIdentifier } from './nodes.ts'
import { PostgresServer, type ServerPlan } from './server.ts'
import { type Credentials, withConnection } from './sql.ts'
import { waitUntil } from './waiting.ts'

// A postmaster that was starting or stopping when its supervisor died finishes that first.
const SETTLE_LIMIT = 60_000
// All connections may be taken for a moment.
const ASK_LIMIT = 10_000

/**
 * Takes over the postmaster that runs on the plan's data directory, whoever started it; `undefined` when none does. What it is, is
 * established three times: by its pid file, by the process that has the pid, and by the identity that it states over SQL.
 *
 * @throws FUL-5003 when the postmaster does not answer, or not as the one that it has to be.
 */
export async function adoptRunning(
  plan: ServerPlan,
  credentials: Credentials,
  clock: Clock,
): Promise<PostgresServer | undefined> {
  const { directory } = plan
  const found = existsSync(directory) ? runningPostmaster(directory) : undefined
  if (found === undefined) return undefined
  const settled = await waitUntil(clock, { limit: SETTLE_LIMIT }, () => {
    if (!isRunning(found)) return 'gone'
    const file = readPostmasterFile(directory)
    return file?.state === 'ready' ? file.port : undefined
  })
  if (settled === 'gone') return undefined
  if (settled === undefined) throw fulcrumError('FUL-5003', { directory })
  await confirmIdentity({ directory, credentials, port: settled }, clock)
  return PostgresServer.adopt({ ...plan, port: settled }, found, clock)
}

/** The server that runs on the plan's data directory, unquestioned; `undefined` when none does. */
export function findServer(plan: ServerPlan, clock: Clock): PostgresServer | undefined {
  const found = existsSync(plan.directory) ? runningPostmaster(plan.directory) : undefined
  if (found === undefined) return undefined
  const port = readPostmasterFile(plan.directory)?.port ?? plan.port
  return PostgresServer.adopt({ ...plan, port }, found, clock)
}

interface Suspect {
  readonly directory: string
  readonly credentials: Credentials
  readonly port: number
}

async function confirmIdentity({ directory, credentials, port }: Suspect, clock: Clock): Promise<void> {
  let cause: unknown
  const stated = await waitUntil(clock, { limit: ASK_LIMIT, every: 200 }, () =>
    askIdentifier(credentials, port).catch((error: unknown) => {
      cause = error
      return doesNotKnowUs(error) ? 'of another cluster' : undefined
    }),
  )
  if (stated === undefined || stated !== systemIdentifier(directory))
    throw fulcrumError('FUL-5003', { directory }, { cause })
}

// SQLSTATE class 28: invalid authorization specification.
function doesNotKnowUs(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && code.startsWith('28')
}

async function askIdentifier(credentials: Credentials, port: number): Promise<string | undefined> {
  const target = { ...credentials, port, database: MAINTENANCE_DATABASE }
  return withConnection(target, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_control_system()',
    )
    return rows[0]?.id
  })
}
