import type { Label } from '../../consistency/label.ts'
import type { Token } from '../../consistency/token.ts'
import type { EventEnvelope } from '../../declare/context.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Tag } from '../../declare/tag.ts'
import type { Rows, StatementRunner } from '../../declare/db.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type {
  CallFacts,
  LabelledRead,
  ReadNeed,
  ReadSession,
  ReadTerms,
  StorePosition,
  TransactionRunner,
} from '../../ports/store.ts'
import type { OutboxEvent } from '../../ports/outbox.ts'
import type { NewJob } from '../../ports/queue.ts'
import type { Lease } from '../../ports/shared-cache.ts'
import type { Lookup } from '../cache/lookup.ts'
import type { Once } from '../idempotency/once.ts'
import type { RunningJob } from '../messaging/jobs/claimed.ts'
import type { CallSession } from '../session/call-session.ts'
import type { CallScope, Note } from './call-scope.ts'
import type { CallTerms } from './call-terms.ts'
import type { Place } from './gathering.ts'

/**
 * One call of one operation, from `begin` to its answer: the only object that a call allocates for itself.
 *
 * It is also what the call's statements run on. Which connection that is follows from the plan: the transaction stage sets `transaction`, the
 * route stage sets `readTerms` and the first statement opens a session. Once the call is over, late statements of a handler that did not stop
 * are refused instead of reaching a connection that serves somebody else.
 */
export class Call implements StatementRunner, CallFacts {
  readonly scope: CallScope
  readonly principal: Principal | undefined
  readonly deadline: Deadline
  /** What the caller has to see; `undefined` where it has no session, which demands as much as a session of unknown history. */
  readonly session: CallSession | undefined
  /** As sent; `undefined` where the caller sent none. */
  readonly ifMatch: string | undefined
  /** As sent, without quotes; `undefined` where the caller sent none. */
  readonly idempotencyKey: string | undefined
  /** Where in a trace it was made; `undefined` where that is not known. */
  readonly traceparent: string | undefined
  /** When it began, on the scale of `Clock.now()`; `UNTIMED` where its timer let it pass. */
  readonly startedAt: number
  /** What served it, as an index into `SOURCES`. */
  source: number = 0
  /** How long ago its data was read from the database, in milliseconds; 0: for this call. Stages only raise it. */
  age = 0
  /** How many milliseconds its data is past the declared bound of staleness; 0: within. Stages only raise it. */
  staleBy = 0
  /** What stands in for the answer that the contract asks for. */
  degraded: Degraded | undefined = undefined
  /** For how many milliseconds the answer stays within its contract; 0: not known. */
  freshFor = 0
  /** The version of its answer, for operations that declare one. */
  version: string | number | undefined = undefined
  /** For commands: the primary's position right after COMMIT; `undefined` where nothing was changed. */
  position: StorePosition | undefined = undefined
  /** What the session had to see when the call began; `undefined` where that is not known. Set by the session stage. */
  token: Token | undefined = undefined
  /** What the caches have been asked so far. Set by the local cache stage. */
  lookup: Lookup | undefined = undefined
  /** The label of the data that answered the call, where it has one, and the keys of its tags. */
  seen: Seen | undefined = undefined
  /** What is known of the data that the call has read itself. */
  read: LabelledRead | undefined = undefined
  /** The right to fill the shared cache, while it reads on behalf of all instances. */
  lease: Lease | undefined = undefined
  /** The jobs that were enqueued in its transaction, in calls nested in it included. */
  queued: Promise<NewJob>[] | undefined = undefined
  /** The tags that it has changed, and commands nested in its transaction. */
  changed: readonly Tag[] = NOTHING
  /** The events of its transaction so far, in their order, of calls nested in it included. */
  emitted: (OutboxEvent | Promise<OutboxEvent>)[] | undefined = undefined
  /** The calls that it carries out together; `undefined` where it is one by itself. */
  together: readonly Call[] | undefined = undefined
  /** The event that it delivers. */
  event: EventEnvelope | undefined = undefined
  /** Where it is expected to read together with other calls of a bulk read. */
  place: Place | undefined = undefined
  /** What makes it the same as the calls that it repeats. Set by the idempotency stage. */
  once: Once | undefined = undefined
  /** What its transaction takes along besides, and remembers that it was there. Set for calls that are steps of a run. */
  note: Note | undefined = undefined
  /** Its answer is that of an earlier call. */
  replayed = false
  /** Its answer is kept already. */
  kept = false
  /** How many commands it has called under each key that was made for them. */
  #keys: Map<string, number> | undefined = undefined
  /** Whether the handler has compared `If-Match`. */
  matched = false
  /** Whether `scope.finish` has seen the output. */
  finished = false

  /** The call on whose behalf it is made. */
  readonly parent: Call | undefined
  /** It runs in the transaction of its parent. */
  readonly #isJoined: boolean
  /** The job that it is a run of. */
  readonly job: RunningJob | undefined
  #transaction: TransactionRunner | undefined
  #hasTransaction = false
  #statements: StatementRunner | undefined = undefined
  #readTerms: ReadTerms | undefined = undefined
  #need: ReadNeed | undefined = undefined
  #session: ReadSession | undefined = undefined
  #over = false

  constructor(scope: CallScope, terms: CallTerms, deadline: Deadline) {
    this.scope = scope
    this.principal = terms.principal
    this.session = terms.session ?? terms.parent?.session
    this.ifMatch = terms.ifMatch
    this.idempotencyKey = terms.idempotencyKey
    this.traceparent = terms.traceparent ?? terms.parent?.traceparent
    this.parent = terms.parent
    this.job = terms.job
    this.deadline = deadline
    this.#transaction = terms.parent?.transaction
    this.#isJoined = this.#transaction !== undefined
    this.startedAt = terms.startedAt ?? scope.timer.begin()
  }

  get operation(): string {
    return this.scope.operation.name
  }

  get probe(): CallFacts['probe'] {
    return this.scope.probe
  }

  /** The caller has gone: statements in progress are cancelled, the call fails with `Aborted`. */
  abort(): void {
    this.deadline.end(fulcrumError('FUL-2010', {}, { operation: this.operation }))
  }

  /** Statements go to this transaction from now on; to none when it has ended. */
  useTransaction(transaction: TransactionRunner | undefined): void {
    this.#transaction = transaction
    this.#hasTransaction = true
  }

  /** Statements go there, one by one. */
  useStatements(statements: StatementRunner): void {
    this.#statements = statements
  }

  /** The transaction that the call's statements run in, for calls nested in it. */
  get transaction(): TransactionRunner | undefined {
    return this.#transaction
  }

  /** The same, for stages inside of the one that opens it. */
  get openTransaction(): TransactionRunner {
    if (this.#transaction === undefined) throw this.#refusal('there is no open transaction')
    return this.#transaction
  }

  /** The number of this command among those that it has called with the same key: 1, 2, … */
  nth(key: string): number {
    this.#keys ??= new Map()
    const number = (this.#keys.get(key) ?? 0) + 1
    this.#keys.set(key, number)
    return number
  }

  /** Keeps an event for the COMMIT of the transaction that this call runs in, which may be that of the call on whose behalf it is made. */
  collect(event: OutboxEvent | Promise<OutboxEvent>): void {
    if (this.#over) throw this.#refusal('the call is over')
    if (this.#isJoined) return this.parent?.collect(event)
    if (this.#transaction === undefined) throw this.#refusal('its transaction has ended')
    this.emitted ??= []
    this.emitted.push(event)
  }

  /** Keeps a job for the COMMIT of the transaction that this call runs in. `false` where it runs in none. */
  enqueue(job: Promise<NewJob>): boolean {
    if (this.#over) throw this.#refusal('the call is over')
    if (this.#isJoined) return this.parent?.enqueue(job) ?? false
    if (!this.#hasTransaction) return false
    if (this.#transaction === undefined) throw this.#refusal('its transaction has ended')
    this.queued ??= []
    this.queued.push(job)
    return true
  }

  /** Statements open a read session on these terms. */
  useReads(terms: ReadTerms, need?: ReadNeed): void {
    this.#readTerms = terms
    this.#need = need
  }

  /** Its answer is of one state of the data, so calls nested in it read with it and are not served from caches of their own. */
  get isOfOneState(): boolean {
    return this.#readTerms !== undefined && this.#readTerms.sees !== 'each'
  }

  /** Reads as a part of its caller's reads. */
  joinReads(): void {
    const { parent } = this
    if (parent !== undefined) this.#readTerms = parent.#readTerms
  }

  /** Ends the read session, if any statement has opened one. */
  endReads(): void {
    const session = this.#session
    if (session === undefined) return
    this.#session = undefined
    if (session.source !== undefined) this.served(session.source === 'primary' ? 1 : 2)
    this.read = session.label
    session.release()
  }

  /** Notes what served (a part of) the call. Of several sources the one that promises least is told: a replica over the primary. */
  served(source: number): void {
    if (source > this.source) this.source = source
  }

  /** Refuses further statements, and lets go of the deadline where it is the call's own. */
  end(): void {
    this.#over = true
    this.place?.leave()
    const { parent } = this
    if (parent !== undefined) this.#tell(parent)
    if (this.deadline !== Deadline.none && this.deadline !== parent?.deadline) this.deadline[Symbol.dispose]()
  }

  /** An answer is no better than those that it is made of. */
  #tell(parent: Call): void {
    parent.served(this.source)
    if (this.age > parent.age) parent.age = this.age
    if (this.staleBy > parent.staleBy) parent.staleBy = this.staleBy
    parent.degraded ??= this.degraded
    if (this.changed.length > 0) parent.changed = [...parent.changed, ...this.changed]
  }

  run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    if (this.#over) return Promise.reject(this.#refusal('the call is over'))
    if (this.#transaction !== undefined) return this.#transaction.run<R>(text, values)
    if (this.#statements !== undefined) return this.#statements.run<R>(text, values)
    return this.#openSession().run<R>(text, values)
  }

  /**
   * The reads of this call for one nested in it, where they promise enough. Sharing them keeps a call to one connection of a node: calls that each
   * hold one and wait for another would wait for each other. What has to be labelled is read by itself.
   */
  readsFor(terms: ReadTerms, need: ReadNeed | undefined): ReadSession | undefined {
    const own = this.#readTerms
    if (own !== undefined && suits(own, terms, need)) return this.#openSession()
    return this.parent?.readsFor(terms, need)
  }

  #openSession(): ReadSession {
    if (this.#session !== undefined) return this.#session
    const { store } = this.scope
    const terms = this.#readTerms
    if (store === undefined || terms === undefined) throw this.#refusal('its plan has no database')
    const shared = this.parent?.readsFor(terms, this.#need)
    if (shared !== undefined) return shared
    this.#session = store.read(terms, this, this.#need)
    return this.#session
  }

  #refusal(reason: string): Error {
    return fulcrumError(
      'FUL-3012',
      { part: 'the database of the call', reason },
      { operation: this.operation },
    )
  }
}

const NOTHING: readonly never[] = Object.freeze([])

/** Whether reads on the terms of a caller are good enough for a call nested in it. Parts of an answer of one state always are its caller's reads. */
function suits(own: ReadTerms, terms: ReadTerms, need: ReadNeed | undefined): boolean {
  if (own === terms) return true
  if (terms.bracket !== 'none' || own.sees !== 'each') return false
  return own.target === 'primary'
    ? need === undefined || need.rx === 0
    : terms.target === 'replica' && need === undefined
}

/** What a session has seen with an answer. */
export interface Seen {
  readonly label: Label
  readonly tags: readonly number[]
}

/** `stale`: a value past its declared bound. `fallback`: the declared one. */
export type Degraded = 'stale' | 'fallback'
