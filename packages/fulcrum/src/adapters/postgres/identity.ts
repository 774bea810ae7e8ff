import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { NodeRole } from '../../ports/store.ts'
import type { IdentityRow } from './sql/identity.ts'

/** The server behind a connection, as it says itself. */
export interface Identity {
  /** Given to a cluster by initdb and shared by all its nodes. */
  readonly systemId: string
  /** Goes up with every promotion. */
  readonly timeline: number
  readonly role: NodeRole
  /** Since when the server has counted several things; see `mayHaveCrashed`. */
  readonly statisticsSince: readonly string[]
  /** `server_version_num`: 180004. */
  readonly version: number
  /** Process id of the session, for cancelling. A proxy may have told the client another one. */
  readonly backend: number
}

export function identityOf({ system_id, is_replica, ...row }: IdentityRow): Identity {
  const { timeline, statistics_since: statisticsSince, version, backend } = row
  const role = is_replica ? 'replica' : 'primary'
  return { systemId: system_id, timeline, role, statisticsSince, version, backend }
}

/**
 * Whether the server may have crashed between two connections to it. Recovery from a crash throws all statistics away, an orderly restart none.
 * People may reset them too, but hardly all of them.
 */
export function mayHaveCrashed(before: Identity, after: Identity): boolean {
  return before.statisticsSince.every((since, index) => since !== after.statisticsSince[index])
}

/** A configured node, as far as it can be told apart from others. */
export interface NodeName {
  readonly role: NodeRole
  /** For messages: `primary (127.0.0.1:5432)`. */
  readonly label: string
}

const OLDEST_VERSION = 150_000

/**
 * What is known of the cluster that the nodes belong to. A URL may lead to another server than it did a moment ago (a failover, a load
 * balancer, a restored copy), so every new connection is checked, before it serves anything.
 *
 * unknown → known with the first connection → a newer timeline when the primary has been replaced. Another system identifier or an older
 * timeline is never accepted: that server lacks what has been acknowledged.
 */
export class ClusterIdentity {
  readonly #newTimeline: (timeline: number) => void
  #systemId: string | undefined
  #timeline = 0

  constructor(newTimeline: (timeline: number) => void) {
    this.#newTimeline = newTimeline
  }

  /** @throws FUL-4001, FUL-4002 or FUL-4005 when the server is not the one that is meant. */
  check(identity: Identity, node: NodeName): void {
    if (identity.version < OLDEST_VERSION) throw tooOld(identity, node)
    if (identity.role !== node.role) throw wrongRole(identity, node)
    this.#systemId ??= identity.systemId
    if (identity.systemId !== this.#systemId) throw this.#otherCluster(identity, node)
    if (identity.role === 'primary') this.#checkTimeline(identity, node)
  }

  #checkTimeline({ timeline }: Identity, node: NodeName): void {
    if (timeline < this.#timeline) throw outdated(timeline, this.#timeline, node)
    const isNew = this.#timeline !== 0 && timeline > this.#timeline
    this.#timeline = timeline
    if (isNew) this.#newTimeline(timeline)
  }

  #otherCluster({ systemId }: Identity, { label }: NodeName): Error {
    return fulcrumError('FUL-4001', {
      node: label,
      found: `a server of the cluster ${systemId}`,
      expected: `one of the cluster ${this.#systemId ?? ''}`,
    })
  }
}

function outdated(found: number, expected: number, { label }: NodeName): Error {
  return fulcrumError('FUL-4001', {
    node: label,
    found: `a primary on timeline ${found}`,
    expected: `timeline ${expected} or later`,
  })
}

function wrongRole({ role }: Identity, node: NodeName): Error {
  const found = role === 'primary' ? 'a primary' : 'a replica (it is in recovery)'
  return fulcrumError('FUL-4002', { node: node.label, found, expected: node.role })
}

function tooOld({ version }: Identity, { label }: NodeName): Error {
  return fulcrumError('FUL-4005', { node: label, found: Math.floor(version / 10_000) })
}
