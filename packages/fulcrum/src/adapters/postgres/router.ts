import type { EpochId } from '../../consistency/epoch.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { formatDuration } from '../../kernel/duration.ts'
import type { CallFacts, ReadNeed, ReadTerms } from '../../ports/store.ts'
import type { PostgresFreshness } from './freshness.ts'
import { formatLsn } from './lsn.ts'
import type { PostgresNode } from './node.ts'
import type { Topology } from './topology.ts'

export interface RouterParts {
  readonly clock: Clock
  readonly topology: Topology
  readonly freshness: PostgresFreshness
}

/** Why another node is looked for. */
export interface Rerouting {
  readonly need: ReadNeed | undefined
  readonly tried: readonly PostgresNode[]
  /** Why the last one could not be reached; `undefined` when it was reached, and did not have what is needed. */
  readonly reason: unknown
}

/** A replica that is about to have what is needed is waited for so long. It saves the primary a read, and costs the read that much. */
const PATIENCE_MS = 10
const PAUSE_MS = 1
/** The header of a page of the log (`SizeOfXLogLongPHD`): a replica that lacks no more than that has replayed all there is. */
const PAGE_HEADER = 40
/** After having waited in vain for a replica, nobody waits for it again for so long. */
const GRUDGE_MS = 1_000

/**
 * Which node serves a read that has to see something. What it goes by was polled a moment ago and is a lower bound: a node that had it then has it
 * now. It chooses for speed only; that the answer shows what it has to is checked when it is there.
 */
export class Router {
  readonly #parts: RouterParts
  readonly #waitedInVain = new WeakMap<PostgresNode, number>()

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** @throws FUL-3015 when the primary is away and no replica is known to have what is needed. */
  route({ target }: ReadTerms, call: CallFacts, need?: ReadNeed): PostgresNode | Promise<PostgresNode> {
    const { topology } = this.#parts
    if (need === undefined || target === 'primary') return topology.pick(target)
    const fit = this.#fitReplica(need)
    if (fit !== undefined) return fit
    const close = this.#closeReplica(need)
    return close === undefined ? this.#without(need, call) : this.#waitFor(close, need, call)
  }

  /** Where to go from a node that has turned out not to do. @throws FUL-3015, or why the last node could not be reached. */
  next({ target }: ReadTerms, call: CallFacts, { need, tried, reason }: Rerouting): PostgresNode {
    const { primary } = this.#parts.topology
    const mayUsePrimary = !tried.includes(primary) && (primary.monitor.isHealthy || need === undefined)
    if (mayUsePrimary) return primary
    if (need === undefined) throw reason
    const other = this.caughtUp({ target }, need, tried)
    if (other === undefined) throw this.notFresh(need, call, reason)
    return other
  }

  /** A replica that is known to have what is needed by now, for a read that may use one. */
  caughtUp(
    { target }: Pick<ReadTerms, 'target'>,
    need: ReadNeed,
    except: readonly PostgresNode[],
  ): PostgresNode | undefined {
    return target === 'replica' ? this.#fitReplica(need, except) : undefined
  }

  /** Has the primary's log go beyond the position that a read needs, for the next one. */
  fence(): void {
    void this.#parts.topology.primary.fence.write()
  }

  /** FUL-3015: nothing in reach has what is needed. */
  notFresh(need: ReadNeed, { operation }: CallFacts, cause?: unknown): Error {
    const nodes = this.#parts.topology.nodes.map((node) => this.#describe(node)).join('; ')
    return fulcrumError('FUL-3015', { needed: describeNeed(need), nodes }, { operation, cause })
  }

  #without(need: ReadNeed, call: CallFacts): PostgresNode {
    const { primary } = this.#parts.topology
    if (primary.monitor.isHealthy) return primary
    throw this.notFresh(need, call)
  }

  /** Of those that have it the one with the least to do; of equals the one that is furthest. */
  #fitReplica(need: ReadNeed, except: readonly PostgresNode[] = []): PostgresNode | undefined {
    let best: PostgresNode | undefined
    for (const node of this.#parts.topology.replicas) {
      node.monitor.touch()
      if (!except.includes(node) && this.#isFit(node, need) && (best === undefined || isBetter(node, best)))
        best = node
    }
    return best
  }

  #isFit({ monitor }: PostgresNode, need: ReadNeed): boolean {
    const isAway = !this.#parts.topology.primary.monitor.isHealthy
    if (!monitor.isHealthy && !(isAway && monitor.isDetached)) return false
    const { position } = monitor
    if (position === undefined || position.epoch !== this.#epochOf(need)) return false
    return (
      position.lsn >= need.lsn && this.#ageOf(position.lsn) <= (isAway ? need.maxAgeInPartition : need.maxAge)
    )
  }

  #epochOf({ epoch }: ReadNeed): EpochId | undefined {
    const { epoch: present } = this.#parts.freshness
    return epoch === undefined || epoch === present ? present : undefined
  }

  #ageOf(lsn: number): number {
    return this.#parts.clock.now() - this.#parts.freshness.asOf({ source: 'replica', lo: lsn })
  }

  /** The one that is furthest of those that follow their primary and are worth waiting for. */
  #closeReplica(need: ReadNeed): PostgresNode | undefined {
    const now = this.#parts.clock.coarse()
    let best: PostgresNode | undefined
    // Whatever is asked for now would be too old when the answer is there.
    if (need.maxAge <= PATIENCE_MS) return undefined
    for (const node of this.#parts.topology.replicas) {
      const { isHealthy, position } = node.monitor
      const hasGrudge = now - (this.#waitedInVain.get(node) ?? -Infinity) < GRUDGE_MS
      if (!isHealthy || hasGrudge || position === undefined) continue
      if (position.epoch !== this.#epochOf(need)) continue
      if (best === undefined || position.lsn > (best.monitor.position?.lsn ?? 0)) best = node
    }
    return best
  }

  async #waitFor(close: PostgresNode, need: ReadNeed, call: CallFacts): Promise<PostgresNode> {
    const { clock, topology } = this.#parts
    call.probe.noted('wait for replica')
    const end = clock.now() + Math.min(PATIENCE_MS, call.deadline.remaining() / 4)
    do {
      await Promise.all([
        close.monitor.look(),
        need.maxAge < Infinity ? topology.primary.monitor.look() : undefined,
      ])
      const fit = this.#fitReplica(need)
      if (fit !== undefined) return fit
      await clock.sleep(PAUSE_MS)
    } while (clock.now() < end)
    this.#waitedInVain.set(close, clock.coarse())
    if (hasAllThereIs(close, need)) this.fence()
    return this.#without(need, call)
  }

  #describe({ name, role, monitor }: PostgresNode): string {
    const { isHealthy, problem = '', position } = monitor
    if (!isHealthy && !monitor.isDetached) return `${name} is away (${problem})`
    if (position === undefined) return `the position of ${name} is not known`
    const age = role === 'replica' ? this.#ageOf(position.lsn) : 0
    const old =
      age === Infinity ? ', of unknown age' : age > 0 ? `, ${formatDuration(Math.round(age))} old` : ''
    return `${name} is at ${formatLsn(position.lsn)} on ${position.epoch}${old}`
  }
}

/** It will not have it before something is written, since a position behind the header of an empty page is not reached. */
function hasAllThereIs({ monitor }: PostgresNode, { lsn }: ReadNeed): boolean {
  return monitor.position !== undefined && lsn - monitor.position.lsn <= PAGE_HEADER
}

function isBetter(one: PostgresNode, other: PostgresNode): boolean {
  if (one.load !== other.load) return one.load < other.load
  return (one.monitor.position?.lsn ?? 0) > (other.monitor.position?.lsn ?? 0)
}

function describeNeed({ lsn, rx, epoch, maxAge }: ReadNeed): string {
  const parts = [
    lsn > 0 ? `position ${formatLsn(lsn)} on ${epoch ?? 'the present epoch'}` : '',
    rx > 0 ? `what a replica has shown of transactions up to ${rx}` : '',
    maxAge < Infinity ? `data no older than ${formatDuration(maxAge)}` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'data of the present epoch' : parts.join(' and ')
}
