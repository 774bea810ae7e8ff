import type { WireClient } from './driver.ts'
import type { Identity } from './identity.ts'
import { SESSION, type SessionRow } from './sql/identity.ts'

/**
 * Whether something between here and the server gives each transaction of a session whatever session of the server is free. What belongs to a session
 * would then be lost or come from another one: settings, prepared statements, the server that a position is of.
 *
 * Whoever stands in between tells a process id of its own, so a session that is told the true one needs no further question. Otherwise `other`, a
 * second connection, holds a transaction open, and the first one asks where it is now. Pooled by session it is where it was. Pooled by transaction
 * either the second one was given the session of the first, which had just become free, or the first one has been given another.
 */
export async function poolsTransactions(
  client: WireClient,
  { backend, server }: Identity,
  other: () => Promise<WireClient>,
): Promise<boolean> {
  if (client.processID === backend) return false
  const second = await other()
  try {
    await second.query('BEGIN')
    const held = await sessionOf(second)
    if (held.server === server && held.backend === backend) return true
    const now = await sessionOf(client)
    return now.server !== server || now.backend !== backend
  } finally {
    await second.end()
  }
}

async function sessionOf(client: WireClient): Promise<SessionRow> {
  const answer = await client.query(SESSION)
  return (Array.isArray(answer) ? answer[0] : answer)?.rows[0] as SessionRow
}
