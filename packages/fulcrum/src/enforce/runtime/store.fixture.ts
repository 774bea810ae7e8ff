import type { EpochId } from '../../consistency/epoch.ts'
import type { Lsn } from '../../consistency/label.ts'
import { PositionRing } from '../../consistency/position-ring.ts'
import type { Rows } from '../../declare/db.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type {
  CallFacts,
  Committed,
  Freshness,
  LabelledRead,
  NodeRole,
  NodeStatus,
  ReadNeed,
  ReadSession,
  ReadTerms,
  Store,
  StorePosition,
  TransactionRunner,
  TransactionSettings,
} from '../../ports/store.ts'

/** A committed row: what it was set to, by which transaction, and where the log was afterwards. */
interface Version {
  readonly key: string
  readonly value: unknown
  readonly lsn: Lsn
  readonly xid: number
}

export const FIRST_EPOCH: EpochId = '7/1'

/** What becomes of a COMMIT. */
export type CommitOutcome = 'committed' | 'not replicated' | 'unknown, committed' | 'unknown, aborted'

/**
 * A primary and a replica in memory, on a clock. Statements are `get key`, `all key key …`, `set key value` and `fail message`.
 *
 * Positions behave as PostgreSQL's do: the one that a writer is told is the one that the next reader is told, until somebody writes again; so a
 * primary that stands still never moves past a position.
 */
export class MemoryStore implements Store {
  readonly capabilities: Store['capabilities'] = {
    name: 'memory',
    replicas: true,
    pipelining: true,
    positions: true,
    changeStream: true,
  }
  readonly freshness: MemoryFreshness
  readonly clock: Clock
  /** Milliseconds that a statement takes. */
  takes = 1
  /** How far the replica has replayed; `Infinity`: everything, always. */
  replayed: Lsn = Infinity
  isPrimaryUp = true
  isReplicaUp = true
  /** The positions of nodes are not known: reads have no labels. */
  isBlind = false
  nextCommit: CommitOutcome = 'committed'
  /** Statements that nodes have answered or failed, and statements that were cancelled. */
  readonly reads: { primary: number; replica: number; cancelled: number } = {
    primary: 0,
    replica: 0,
    cancelled: 0,
  }
  /** Told of each commit, as soon as it is in the log. */
  onCommit: (version: Version) => void = () => {}
  #log: Version[] = []
  #lsn: Lsn = 1_000
  #xid = 100

  constructor(clock: Clock) {
    this.clock = clock
    this.freshness = new MemoryFreshness(this)
  }

  get lsn(): Lsn {
    return this.#lsn
  }

  get xid(): number {
    return this.#xid
  }

  /** A commit by somebody else, to a key or to nothing that anybody reads. */
  write(key: string = 'unrelated', value?: unknown): void {
    this.#xid += 1
    this.#lsn += 10
    const version = { key, value, lsn: this.#lsn, xid: this.#xid }
    this.#log.push(version)
    this.onCommit(version)
  }

  /** The replica becomes the primary, with what it has. */
  failOver(epoch: EpochId, lost: Lsn = Infinity): void {
    this.#log = this.#log.filter(({ lsn }) => lsn < lost)
    this.#lsn += 100
    this.freshness.enter(epoch)
  }

  valueOf(key: string, upTo: Lsn = Infinity): unknown {
    return this.#log.findLast((version) => version.key === key && version.lsn <= upTo)?.value
  }

  read(terms: ReadTerms, call: CallFacts, need?: ReadNeed): ReadSession {
    return new MemorySession(this, call, { terms, need })
  }

  async transaction<T>(
    _settings: TransactionSettings,
    call: CallFacts,
    work: (tx: TransactionRunner) => Promise<T>,
  ): Promise<Committed<T>> {
    const writes: [string, unknown][] = []
    const set = (key: string, rest: readonly string[]): number => writes.push([key, rest.join(' ')])
    const value = await work({
      startWith: () => {},
      failure: undefined,
      withCommit: (text) => {
        const [, key = '', ...rest] = text.split(' ')
        set(key, rest)
      },
      run: async <R>(text: string) => {
        const [verb, key = '', ...rest] = text.split(' ')
        await this.spend(call)
        if (verb === 'get') return rowsOf<R>(this.valueOf(key))
        if (verb === 'all')
          return rowsOf<R>([key, ...rest].map((each) => ({ key: each, value: this.valueOf(each) })))
        set(key, rest)
        return { rows: [], rowCount: 1 }
      },
    })
    const outcome = this.nextCommit
    this.nextCommit = 'committed'
    if (outcome !== 'unknown, aborted') for (const [key, written] of writes) this.write(key, written)
    if (outcome === 'not replicated')
      throw fulcrumError('FUL-3016', { reason: 'the standby is gone' }, { operation: call.operation })
    if (outcome !== 'committed') throw fulcrumError('FUL-3006', {}, { operation: call.operation })
    return { value, position: writes.length === 0 ? undefined : this.position }
  }

  get position(): StorePosition {
    return { lsn: this.#lsn, epoch: this.freshness.epoch }
  }

  /** Passes the time of a statement; a deadline that is spent meanwhile cancels it. */
  async spend(call: CallFacts): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = this.clock.timer(this.takes, resolve)
    const expiry = call.deadline.onExpire((reason) => {
      this.reads.cancelled += 1
      timer.cancel()
      reject(reason)
    })
    await promise.finally(() => expiry.cancel())
  }

  isSerializationFailure(): boolean {
    return false
  }

  nodes(): readonly NodeStatus[] {
    const node = { name: 'primary', role: 'primary' as const, problem: undefined }
    const connections = { open: 0, idle: 0, waiting: 0 }
    const polledAt = this.clock.now()
    return [{ ...node, healthy: this.isPrimaryUp, position: this.position, polledAt, connections }]
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Asks the primary at once whenever somebody wants to know, as long as that is up. */
class MemoryFreshness implements Freshness {
  readonly #store: MemoryStore
  readonly #ring = new PositionRing()
  readonly #listeners: ((epoch: EpochId) => void)[] = []
  #epoch = FIRST_EPOCH

  constructor(store: MemoryStore) {
    this.#store = store
  }

  get epoch(): EpochId {
    return this.#epoch
  }

  get isPrimaryHealthy(): boolean {
    return this.#store.isPrimaryUp
  }

  enter(epoch: EpochId): void {
    this.#epoch = epoch
    this.#ring.clear()
    for (const listener of this.#listeners) listener(epoch)
  }

  asOf(label: Parameters<Freshness['asOf']>[0]): number {
    if (this.#store.isPrimaryUp) this.#ring.add(this.#store.clock.now(), this.#store.lsn)
    return this.#ring.asOf(label)
  }

  forkOf(): Lsn {
    return this.#store.lsn
  }

  async refresh(): Promise<void> {}

  onEpoch(listener: (epoch: EpochId) => void): void {
    this.#listeners.push(listener)
  }
}

interface Demanded {
  readonly terms: ReadTerms
  readonly need: ReadNeed | undefined
}

class MemorySession implements ReadSession {
  readonly #store: MemoryStore
  readonly #call: CallFacts
  readonly #demanded: Demanded
  source: NodeRole | undefined
  label: LabelledRead | undefined

  constructor(store: MemoryStore, call: CallFacts, demanded: Demanded) {
    this.#store = store
    this.#call = call
    this.#demanded = demanded
  }

  async run<R>(text: string): Promise<Rows<R>> {
    const store = this.#store
    const source = (this.source = this.#pick())
    const sentAt = store.clock.now()
    const lo = source === 'primary' ? store.lsn : Math.min(store.replayed, store.lsn)
    const snapshot = { xmin: store.xid + 1, xmax: store.xid + 1, xip: [] }
    const [verb, key = '', ...rest] = text.split(' ')
    const seen =
      verb === 'all'
        ? [key, ...rest].map((each) => ({ key: each, value: store.valueOf(each, lo) }))
        : store.valueOf(key, lo)
    await store.spend(this.#call)
    store.reads[source] += 1
    if (verb === 'fail') throw new Error([key, ...rest].join(' '))
    if (store.isBlind) return rowsOf(seen)
    const label = {
      epoch: store.freshness.epoch,
      source,
      lo,
      hi: this.#demanded.terms.bracket === 'both' ? store.lsn : Infinity,
      snapshot: source === 'primary' && this.#demanded.terms.bracket === 'both' ? snapshot : undefined,
      rx: source === 'replica' ? snapshot.xmax : 0,
    }
    const known = store.freshness.asOf(label)
    this.label = { ...label, asOf: source === 'primary' ? Math.max(known, sentAt) : known }
    return rowsOf(seen)
  }

  release(): void {}

  /** A replica that has what is needed, else the primary; an old replica where the primary is away and that is allowed. */
  #pick(): NodeRole {
    const { isPrimaryUp, isReplicaUp, replayed, lsn, freshness, clock } = this.#store
    const { terms, need } = this.#demanded
    if (terms.target === 'replica' && isReplicaUp) {
      const lo = Math.min(replayed, lsn)
      const age = clock.now() - freshness.asOf({ source: 'replica', lo })
      const most = isPrimaryUp ? (need?.maxAge ?? Infinity) : (need?.maxAgeInPartition ?? Infinity)
      if (lo >= (need?.lsn ?? 0) && (need?.rx ?? 0) === 0 && (age <= most || most === Infinity))
        return 'replica'
    }
    if (isPrimaryUp) return 'primary'
    throw fulcrumError(
      'FUL-3015',
      { needed: 'the primary', nodes: 'none' },
      { operation: this.#call.operation },
    )
  }
}

function rowsOf<R>(value: unknown): Rows<R> {
  if (Array.isArray(value)) return { rows: value as R[], rowCount: value.length }
  return value === undefined ? { rows: [], rowCount: 0 } : { rows: [{ value } as R], rowCount: 1 }
}
