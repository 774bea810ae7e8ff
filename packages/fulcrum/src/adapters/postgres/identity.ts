import { type Epoch, type EpochId, epochId } from '../../consistency/epoch.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { NodeRole, Reliance } from '../../ports/store.ts'
import type { Lsn } from '../../consistency/label.ts'
import { formatLsn, parseLsn } from './lsn.ts'
import type { IdentityRow } from './sql/identity.ts'
import type { TimelineHistory } from './timeline-history.ts'

/** The server behind a connection, as it says itself. */
export interface Identity {
  /** Given to a cluster by initdb and shared by all its nodes. */
  readonly systemId: string
  /** Goes up with every promotion. */
  readonly timeline: number
  /** System identifier and timeline. */
  readonly epoch: EpochId
  /** Which server of the cluster it is: several may stand behind one name. It is another one after a restart. */
  readonly server: string
  readonly role: NodeRole
  /** Since when the server has counted several things; see `mayHaveCrashed`. */
  readonly statisticsSince: readonly string[]
  /** `server_version_num`: 180004. */
  readonly version: number
  /** One of Aurora's, which has its functions, but positions of another kind. */
  readonly isAurora: boolean
  /** Whether COMMIT of this session waits until the log is safe: `synchronous_commit` is not `off`. */
  readonly commitsAreSafe: boolean
  /** Standbys are named for which COMMIT can wait. */
  readonly hasStandbys: boolean
  /** Where its log was: insert on a primary, replay on a replica. */
  readonly position: string
  /** Process id of the session, for cancelling. A proxy may have told the client another one. */
  readonly backend: number
}

export function identityOf({ system_id, is_replica, ...row }: IdentityRow): Identity {
  const { timeline, statistics_since: statisticsSince, server, version, position, backend } = row
  const role = is_replica ? 'replica' : 'primary'
  return {
    systemId: system_id,
    timeline,
    epoch: epochId({ systemId: system_id, timeline }),
    server,
    role,
    statisticsSince,
    version,
    isAurora: row.is_aurora,
    hasStandbys: row.standby_names.trim() !== '',
    commitsAreSafe: row.synchronous_commit !== 'off',
    position: position ?? '0/0',
    backend,
  }
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
/** It has no history. */
const FIRST_TIMELINE = 1

/** Positions are numbers, which are exact up to here; half of it is left for what is still to come. */
const GREATEST_POSITION = 2 ** 52

/**
 * What is known of the cluster that the nodes belong to. A URL may lead to another server than it did a moment ago (a failover, a load
 * balancer, a restored copy), so every new connection is checked, before it serves anything.
 *
 * unknown → known with the first connection → outranked, when somebody has met a newer primary → a newer timeline, when this instance meets it, too.
 * Another system identifier or an older timeline is never accepted: that server lacks what has been acknowledged.
 */
export class ClusterIdentity {
  readonly #listeners: ((epoch: Epoch) => void)[] = []
  readonly #outranked: ((timeline: number) => void)[] = []
  readonly #histories = new Map<number, Promise<TimelineHistory | undefined>>()
  #history: TimelineHistory | undefined
  /** Of which somebody has met the primary, though this instance may not have. */
  #heard = 0
  #systemId: string | undefined
  #reliance: Reliance | undefined
  /** The primary that a connection led to last. */
  #met: { readonly identity: Identity; readonly node: NodeName } | undefined
  #epoch: Epoch | undefined

  /** Of the newest primary that was met. */
  get epoch(): Epoch | undefined {
    return this.#epoch
  }

  /** Calls `listener` with each new epoch, the first one included, before the connection that told of it serves anything. */
  onEpoch(listener: (epoch: Epoch) => void): void {
    this.#listeners.push(listener)
  }

  /** The last position that an earlier timeline shares with the present one; `undefined` where that is not known. */
  forkOf(timeline: number): Lsn | undefined {
    return this.#history?.get(timeline)
  }

  /**
   * Sees to it that the history of a timeline is known before sessions enter it: a session may bring what it knows of an earlier one. `read` is called
   * once for each timeline.
   */
  async learn({ role, timeline }: Identity, read: () => Promise<TimelineHistory | undefined>): Promise<void> {
    if (role !== 'primary' || timeline <= (this.#epoch?.timeline ?? FIRST_TIMELINE)) return
    const reading = this.#histories.get(timeline) ?? read()
    this.#histories.set(timeline, reading)
    try {
      this.#history = await reading
    } catch (error) {
      this.#histories.delete(timeline)
      throw error
    }
  }

  /** Somebody has met a primary of this epoch. Where that is news, servers of earlier timelines are refused from now on. */
  heardOf({ systemId, timeline }: Epoch): void {
    const known = Math.max(this.#heard, this.#epoch?.timeline ?? 0)
    if (this.#systemId !== systemId || timeline <= known) return
    this.#heard = timeline
    for (const listener of this.#outranked) listener(timeline)
  }

  /** Somebody has met a newer primary than this instance has. */
  get isOutranked(): boolean {
    return this.#heard > (this.#epoch?.timeline ?? 0)
  }

  /** Calls `listener` with each timeline that the present primary is known to have been replaced on, before this instance has met the new one. */
  onOutranked(listener: (timeline: number) => void): void {
    this.#outranked.push(listener)
  }

  /** From now on servers are refused that do not keep what is relied on. @throws FUL-4040, FUL-4041 or FUL-4043 when the one that was met last does not. */
  relyOn(reliance: Reliance): void {
    this.#reliance = reliance
    if (this.#met !== undefined) this.#checkReliance(this.#met.identity, this.#met.node)
  }

  /**
   * @throws FUL-4001, FUL-4002, FUL-4005 or FUL-4007 when the server is not the one that is meant; FUL-4040, FUL-4041 or FUL-4043 when it does not keep what is relied on.
   */
  check(identity: Identity, node: NodeName): void {
    if (identity.version < OLDEST_VERSION) throw tooOld(identity, node)
    if (parseLsn(identity.position) > GREATEST_POSITION) throw tooGreat(identity, node)
    if (identity.role !== node.role) throw wrongRole(identity, node)
    if (identity.role === 'primary') this.#met = { identity, node }
    this.#checkReliance(identity, node)
    this.#systemId ??= identity.systemId
    if (identity.systemId !== this.#systemId) throw this.#otherCluster(identity, node)
    if (identity.role === 'primary') this.#checkTimeline(identity, node)
  }

  /** @throws FUL-4041 unless nothing is asked of the server but its data. */
  refuseAurora({ role, label }: NodeName): void {
    if (role === 'replica' || this.#reliance?.positions === true)
      throw fulcrumError('FUL-4041', { node: label })
  }

  #checkReliance({ isAurora, role, commitsAreSafe, hasStandbys }: Identity, node: NodeName): void {
    if (isAurora) this.refuseAurora(node)
    if (role === 'replica' || this.#reliance === undefined) return
    const { positions, standbys } = this.#reliance
    if (positions && !commitsAreSafe) throw fulcrumError('FUL-4040', { node: node.label })
    if (standbys && !hasStandbys) throw fulcrumError('FUL-4043', { node: node.label })
  }

  #checkTimeline({ systemId, timeline }: Identity, node: NodeName): void {
    const known = this.#epoch?.timeline ?? 0
    const least = Math.max(known, this.#heard)
    if (timeline < least) throw outdated(timeline, least, node)
    if (timeline === known) return
    const epoch = { systemId, timeline }
    this.#epoch = epoch
    for (const listener of this.#listeners) listener(epoch)
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

function tooGreat({ position }: Identity, { label }: NodeName): Error {
  return fulcrumError('FUL-4007', { node: label, found: position, allowed: formatLsn(GREATEST_POSITION) })
}
