import { isDomainError } from '../../declare/error.ts'
import type { Tag } from '../../declare/tag.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import { ALONE } from '../../ports/own-work.ts'
import type { Committed, Store, TransactionRunner, TransactionSettings } from '../../ports/store.ts'
import { type Answered, packAnswer, unpackAnswer } from '../idempotency/answer.ts'
import { Looking } from '../idempotency/looking.ts'
import type { Once } from '../idempotency/once.ts'
import type { Call } from './call.ts'
import { asFailure } from './failure.ts'
import { idempotencyLogOf, type StageParts, storeOf } from './stage.ts'

/** In `SOURCES`. */
const PRIMARY = 1

/** The answers of one command's earlier calls, outside of its transactions. */
export class EarlierAnswers {
  readonly #operation: StageParts['operation']
  readonly #store: Store
  readonly #log: IdempotencyLog
  readonly #looking: Looking
  readonly #ttl: number
  /** As durable as the command: an answer is not repeated before it is as safe as it was meant to be. */
  readonly #asDurable: TransactionSettings

  constructor(parts: StageParts, ttl: number) {
    this.#operation = parts.operation
    this.#store = storeOf(parts)
    this.#log = idempotencyLogOf(parts)
    this.#looking = new Looking(this.#store, this.#log, parts.clock)
    this.#ttl = ttl
    const { durability = 'local' } = parts.operation.contract.transaction ?? {}
    this.#asDurable = Object.freeze({ ...ALONE, durability })
  }

  /** What the call was answered before, which is noted on it; one whose time is over is forgotten. @throws FUL-2015 where that was another input. */
  async find(call: Call, once: Once): Promise<Answered | undefined> {
    if (!(await this.#looking.isAnswered(once.id))) return undefined
    // The position of this COMMIT is past that of the answer: it is what the session has to see.
    const finding = this.#store.transaction(this.#asDurable, call, (tx) => this.#log.find(tx, once.id))
    const { value: found, position } = await finding
    if (found === 'expired') await this.#alone(call, (tx) => this.#log.forget(tx, once.id))
    if (found === undefined || found === 'expired') return undefined
    if (found.fingerprint !== once.fingerprint)
      throw fulcrumError('FUL-2015', {}, { operation: this.#operation.name })
    call.position = position
    return unpackAnswer(this.#operation, found.answer)
  }

  /** Whether a failure is what the call came to. Declared errors are kept, unless another answer has come first, which counts then. */
  async keepError(call: Call, once: Once, thrown: unknown): Promise<boolean> {
    const error = asFailure(this.#operation, thrown)
    if (!isDomainError(error)) return true
    const answer = packAnswer(this.#operation, { kind: 'error', error })
    const kept = { ...once, operation: this.#operation.name, answer, ttl: this.#ttl }
    return (await this.#alone(call, (tx) => this.#log.keepFirst(tx, kept))).value
  }

  #alone<T>(call: Call, work: (tx: TransactionRunner) => Promise<T>): Promise<Committed<T>> {
    return this.#store.transaction(ALONE, call, work)
  }
}

/** Answers a call as it was answered before. */
export function replay(call: Call, answered: Answered): unknown {
  call.replayed = true
  call.matched = true
  call.served(PRIMARY)
  if (answered.kind === 'error') throw answered.error
  call.finished = true
  call.version = answered.version
  call.changed = answered.changed.map(tagOf)
  return answered.value
}

/** Enough to tell caches and sessions of it; what was written through has been. */
function tagOf(id: string): Tag {
  return { name: '', id, args: [] }
}
