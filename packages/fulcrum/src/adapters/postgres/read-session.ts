import { contains, type ReadLabel } from '../../consistency/label.ts'
import type { Rows } from '../../declare/db.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Growth, growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import type {
  Bracket as BracketKind,
  CallFacts,
  Freshness,
  LabelledRead,
  NodeRole,
  ReadNeed,
  ReadSession,
  ReadTerms,
} from '../../ports/store.ts'
import type { Driver } from './driver.ts'
import { PostgresNode } from './node.ts'
import { whyOver } from './over.ts'
import type { Pace } from './pace.ts'
import { Read, type ReadKeeper } from './read.ts'
import type { Router } from './router.ts'
import { Seat, type SeatHolder } from './seat.ts'
import { labelOf, SessionLabel } from './session-label.ts'
import type { Statement } from './statement.ts'
import { refuseInReads, textTraits } from './text-traits.ts'
import { judge, type Verdict } from './verdict.ts'

/** What a session needs of the store. */
export interface ReadSessionParts {
  readonly clock: Clock
  readonly random: Random
  readonly driver: Driver
  readonly freshness: Freshness
  readonly router: Router
  readonly paceOf: (operation: string) => Pace
}

/** What a call's reads have to be like. */
export interface ReadDemands {
  readonly terms: ReadTerms
  readonly need: ReadNeed | undefined
}

/** What a primary does not show yet, it mostly will in a moment, but not while somebody holds a transaction open. */
const LATER_MS: Growth = { first: 1, longest: 25 }

/**
 * The reads of one call.
 *
 * new → on a node (from the first statement) → released. It may move: from a node that cannot be reached, before anything has been sent there;
 * and when an answer does not show what the call has to see, with the question that got it. What a primary does not show yet is asked for again until
 * it does, or a replica does, or the deadline is near: a caller waits rather than being refused.
 */
export class PostgresReadSession implements ReadSession, ReadKeeper, SeatHolder {
  readonly call: CallFacts
  readonly pace: Pace
  readonly terms: ReadTerms
  readonly bracket: BracketKind
  readonly #parts: ReadSessionParts
  readonly #need: ReadNeed | undefined
  readonly #label = new SessionLabel()
  #seat: Seat | undefined = undefined
  #routing: Promise<Seat> | undefined = undefined
  /** Nodes that have turned out not to do. */
  readonly #tried: PostgresNode[] = []
  /** When the first statement came. */
  #since = 0
  #statements = 0
  /** Statements without an answer. */
  #open = 0
  #servedBy: NodeRole | undefined = undefined
  #isReleased = false

  constructor(parts: ReadSessionParts, call: CallFacts, { terms, need }: ReadDemands) {
    this.#parts = parts
    this.terms = terms
    this.call = call
    this.#need = need
    // What a replica has shown can only be looked for in a snapshot.
    this.bracket = need !== undefined && need.rx > 0 ? 'both' : terms.bracket
    this.pace = parts.paceOf(call.operation)
  }

  get source(): NodeRole | undefined {
    return this.#servedBy ?? (this.#seat?.hasSent === true ? this.#seat.node.role : undefined)
  }

  get label(): LabelledRead | undefined {
    const label = this.#open > 0 ? undefined : this.#label.get()
    if (label === undefined) return undefined
    const known = this.#parts.freshness.asOf(label)
    // A primary has everything that was acknowledged before it was asked.
    return { ...label, asOf: this.#servedBy === 'primary' ? Math.max(known, this.#label.sentAt) : known }
  }

  run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    try {
      this.#refuse(text)
      const read = new Read(this, { text, values: values.map(this.#parts.driver.prepareValue) })
      this.#open++
      if (this.#seat === undefined) this.#sitDown(read)
      else this.#seat.send(read)
      return read.promise
    } catch (error) {
      return rejection(error)
    }
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    // Mostly there is nobody to be told, and an error is not made for nothing.
    this.#seat?.abandon(this.#open > 0 ? this.#released() : undefined)
  }

  accepts(read: Read, statement: Statement): boolean {
    if (this.#need !== undefined || this.bracket !== 'none') {
      const label = labelOf(statement, read.seat?.known)
      const verdict = this.#judge(label)
      if (verdict !== 'fit') {
        this.#askAgain(read, verdict)
        return false
      }
      if (this.#showsNoMore(label)) this.#parts.router.fence()
    }
    this.#open--
    this.#label.add(statement, read.seat?.known)
    if (this.#servedBy !== 'replica') this.#servedBy = statement.connection?.identity.role
    return true
  }

  refused(): void {
    this.#open--
  }

  unreachable(seat: Seat, read: Read, error: unknown): void {
    const reason = seat.node.unavailable(error, this.call.operation)
    if (this.#isReleased || seat.hasSent || whyOver(this.call.deadline) !== undefined)
      return read.refuse(reason)
    seat.node.monitor.suspect()
    // Another statement may have moved already.
    if (seat === this.#seat) this.#move(seat, read, reason)
    else this.strayed(read)
  }

  /** Sends a read from where the session is now. */
  strayed(read: Read): void {
    const reason = this.#isReleased ? this.#released() : whyOver(this.call.deadline)
    if (reason !== undefined) read.refuse(reason)
    else this.#seat?.send(read)
  }

  #refuse(text: string): void {
    if (this.#isReleased) throw this.#released()
    const { deadline, operation } = this.call
    if (deadline.expired()) deadline.throwIfOver()
    refuseInReads(textTraits(text), text, operation)
    if (this.#statements++ > 0 && this.terms.sees === 'one statement')
      throw fulcrumError('FUL-4008', { text }, { operation })
  }

  #sitDown(read: Read): void {
    if (this.#routing === undefined) {
      this.#since = this.#parts.clock.now()
      const node = this.#parts.router.route(this.terms, this.call, this.#need)
      if (node instanceof PostgresNode) return this.#take(node).send(read)
      this.#routing = node.then((found) => this.#take(found))
    }
    this.#routing.then(
      (seat) => seat.send(read),
      (error: unknown) => read.refuse(error),
    )
  }

  #take(node: PostgresNode): Seat {
    if (this.#isReleased) throw this.#released()
    this.#seat = new Seat(node, this)
    return this.#seat
  }

  #judge(label: ReadLabel | undefined): Verdict {
    const { freshness } = this.#parts
    const { maxAge = Infinity, maxAgeInPartition = Infinity } = this.#need ?? {}
    const age = freshness.isPrimaryHealthy ? maxAge : maxAgeInPartition
    return judge(label, {
      need: this.#need,
      bracket: this.bracket,
      asOf: (each) => freshness.asOf(each),
      notBefore: this.#since - age,
    })
  }

  /** It is right, and its label does not show that, since the primary's log has not gone on: from a cache it could not be served to whom it is read for. */
  #showsNoMore(label: ReadLabel | undefined): boolean {
    const { lsn = 0 } = this.#need ?? {}
    if (lsn === 0 || this.bracket === 'none') return false
    return label !== undefined && !contains(label, lsn)
  }

  #askAgain(read: Read, verdict: Verdict): void {
    if (verdict === 'later') void this.#askLater(read)
    else if (read.seat !== undefined && read.seat === this.#seat) this.#move(read.seat, read)
    else this.strayed(read)
  }

  async #askLater(read: Read): Promise<void> {
    const { clock, random, router } = this.#parts
    const need = this.#need as ReadNeed
    const pause = growingPause(read.delays++, LATER_MS, random)
    if (this.call.deadline.remaining() <= pause) return read.refuse(router.notFresh(need, this.call))
    await clock.sleep(pause)
    const { seat } = read
    const replica = router.caughtUp(this.terms, need, this.#tried)
    if (replica === undefined || seat === undefined || seat !== this.#seat) this.strayed(read)
    else this.#moveTo(replica, seat, read)
  }

  #move(from: Seat, read: Read, reason?: unknown): void {
    try {
      const { terms, call } = this
      this.#tried.push(from.node)
      const node = this.#parts.router.next(terms, call, { need: this.#need, tried: this.#tried, reason })
      this.#moveTo(node, from, read)
    } catch (error) {
      read.refuse(error)
    }
  }

  #moveTo(node: PostgresNode, from: Seat, read: Read): void {
    if (this.#isReleased) return read.refuse(this.#released())
    const others = from.leave()
    this.#take(node)
    for (const each of [read, ...others]) this.strayed(each)
  }

  #released(): Error {
    const params = { part: 'the read session', reason: 'it was released' }
    return fulcrumError('FUL-3012', params, { operation: this.call.operation })
  }
}

async function rejection(error: unknown): Promise<never> {
  throw error
}
