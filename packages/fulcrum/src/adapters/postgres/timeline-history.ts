import type { Lsn } from '../../consistency/label.ts'
import type { WireClient } from './driver.ts'
import { isServerError, reasonOf } from './failure.ts'
import type { Identity } from './identity.ts'
import { parseLsn } from './lsn.ts'
import { readHistoryFile, SESSION, type SessionRow } from './sql/identity.ts'

/** By earlier timeline: the last position that it shares with the one that the history is of. */
export type TimelineHistory = ReadonlyMap<number, Lsn>

/** A line for each timeline that was left: its number, the position where, and why; fields are separated by tabs, comments begin with `#`. */
const LINE = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i

/** The content of a history file (manual, section 26.3.5, and `TIMELINE_HISTORY` in section 55.4). */
export function parseHistory(text: string): TimelineHistory {
  const forks = new Map<number, Lsn>()
  for (const line of text.split('\n')) {
    const [, timeline, position] = LINE.exec(line) ?? []
    if (position !== undefined) forks.set(Number(timeline), parseLsn(position))
  }
  return forks
}

export interface HistoryParts {
  /** A connection to the server, free for questions. */
  readonly client: WireClient
  readonly identity: Identity
  /** Opens one for replication. */
  readonly replication: () => Promise<WireClient>
  /** Why the history cannot be read. */
  readonly unreadable: (reason: string) => void
}

/**
 * Where the server's timeline left those before it; `undefined` where the role may not know. From the file, for roles that may read files of the server,
 * else as a replica would ask for it, for roles that may replicate.
 *
 * @throws what the network says.
 */
export async function readHistory(parts: HistoryParts): Promise<TimelineHistory | undefined> {
  try {
    const text = (await fromFile(parts)) ?? (await asReplica(parts))
    return parseHistory(text)
  } catch (error) {
    if (!isServerError(error)) throw error
    parts.unreadable(reasonOf(error))
    return undefined
  }
}

async function fromFile({ client, identity }: HistoryParts): Promise<string | undefined> {
  try {
    return textOf(await client.query(readHistoryFile(identity.timeline)), 'history')
  } catch (error) {
    if (isServerError(error)) return undefined
    throw error
  }
}

async function asReplica({ identity, replication }: HistoryParts): Promise<string> {
  const client = await replication()
  try {
    const { rows } = (await client.query(SESSION)) as { readonly rows: readonly unknown[] }
    // The name leads to another server by now, of which nothing is known.
    if ((rows[0] as SessionRow).server !== identity.server) throw new Error('The primary is being replaced')
    return textOf(await client.query(`TIMELINE_HISTORY ${identity.timeline}`), 'content')
  } finally {
    await client.end()
  }
}

function textOf(answer: Awaited<ReturnType<WireClient['query']>>, column: string): string {
  const result = Array.isArray(answer) ? answer[0] : answer
  // The content of a replication command comes as bytes.
  const found = (result?.rows[0] as Record<string, string | Buffer> | undefined)?.[column]
  return typeof found === 'string' ? found : (found?.toString('utf8') ?? '')
}
