import { merge, type Token } from '../../consistency/token.ts'
import { isDomainError } from '../../declare/error.ts'
import type { Principal } from '../../declare/principal.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { BatchPrincipal } from '../batch/batch-principal.ts'
import { mayBeOfOne } from '../batch/of-one.ts'
import { Turn } from '../batch/turn.ts'
import { Lookup } from '../cache/lookup.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import { Call } from './call.ts'
import type { CallScope } from './call-scope.ts'
import type { Gathered } from './gathering.ts'
import type { Run, StageFactory, StageParts } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/**
 * Reads the calls of one bulk read that were not answered above with one call of the handler's bulk form. Each of them goes on with its own answer, as
 * if it had read that itself: it is labelled, judged and kept by itself.
 */
export const gather: StageFactory<'gather'> = ({ coalesces }, next, parts) =>
  coalesces ? coalescing(next, parts) : gathering(next, parts)

/**
 * The same for calls of one turn that have nothing else in common: they have no caller that is known, and a failure that may be the fault of one of
 * them is not that of the others. What another operation calls reads on the connection of that one, so that two never wait for each other.
 */
function coalescing(next: Run, parts: Pick<StageParts, 'clock' | 'operation'>): Run {
  const gathered = gathering(next, parts)
  const together = new ReadingTogether(next, parts, new BatchPrincipal(parts.operation.name))
  const turn = new Turn(parts.clock, together.read)
  return (call, input) => {
    if (call.place !== undefined || call.parent !== undefined) return gathered(call, input)
    const answer = turn.join(call, input)
    return call.deadline === Deadline.none ? answer : untilExpiry(call.deadline, answer)
  }
}

/** The same where there is no plan: in the transaction or the snapshot of a caller. */
export function gathering(next: Run, parts: Pick<StageParts, 'clock' | 'operation'>): Run {
  const together = new ReadingTogether(next, parts)
  return (call, input) => {
    const answer = call.place?.arrive(call, input, together.read)
    if (answer === undefined) return next(call, input)
    return call.deadline === Deadline.none ? answer : untilExpiry(call.deadline, answer)
  }
}

class ReadingTogether {
  readonly read: (gathered: readonly Gathered[]) => void
  readonly #next: Run
  readonly #parts: Pick<StageParts, 'clock' | 'operation'>
  readonly #tagsOf: (input: unknown) => readonly number[]
  /** Stands for callers who are strangers to each other; `undefined` where all are of one caller. */
  readonly #strangers: Principal | undefined

  constructor(next: Run, parts: Pick<StageParts, 'clock' | 'operation'>, strangers?: Principal) {
    this.#next = next
    this.#parts = parts
    this.#strangers = strangers
    this.#tagsOf = tagKeysOf(parts.operation)
    this.read = (gathered) => {
      // Positions of different epochs have no order, so what sessions of two epochs have to see is not demanded of one read.
      const groups = Map.groupBy(gathered, ({ call }) => call.token?.epoch)
      for (const group of groups.values())
        void (this.#isAlone(group) ? this.#alone(group) : this.#read(group))
    }
  }

  /** A stranger that is alone must not be told more of its caller than it would be among others. */
  #isAlone({ length }: readonly Gathered[]): boolean {
    return length === 1 && this.#strangers === undefined
  }

  /** A list of one would only cost the handler a round about. */
  async #alone([one]: readonly Gathered[]): Promise<void> {
    const { call, input, resolve, reject } = one as Gathered
    try {
      resolve(await this.#next(call, input))
    } catch (error) {
      reject(error)
    }
  }

  /** A call of its own, which reads what suffices for each of them. */
  async #read(gathered: readonly Gathered[]): Promise<void> {
    using until = new UntilAllAreGone(gathered, this.#parts)
    const whole = this.#begin(gathered, until.deadline)
    try {
      const returned = await this.#next(
        whole,
        gathered.map(({ input }) => input),
      )
      const answers = this.#answersOf(returned, gathered.length)
      gathered.forEach((one, index) => settle(one, whole, answers[index]))
    } catch (error) {
      if (this.#strangers !== undefined && gathered.length > 1 && mayBeOfOne(error)) {
        await this.#readApart(gathered)
        return
      }
      for (const { call, reject } of gathered) {
        tell(call, whole)
        reject(error)
      }
    } finally {
      whole.end()
    }
  }

  /** Its halves, down to those at fault. */
  async #readApart(gathered: readonly Gathered[]): Promise<void> {
    const middle = gathered.length >> 1
    await this.#read(gathered.slice(0, middle))
    await this.#read(gathered.slice(middle))
  }

  #begin(gathered: readonly Gathered[], deadline: Deadline): Call {
    const { call: first } = gathered[0] as Gathered
    const { parent } = first
    const principal = this.#strangers ?? first.principal
    const whole = new Call(first.scope.bulk as CallScope, { principal, parent }, deadline)
    whole.joinReads()
    whole.token = mergedToken(gathered)
    const tags = gathered.flatMap(({ call: { lookup }, input }) => lookup?.tags ?? this.#tagsOf(input))
    whole.lookup = new Lookup('', [...new Set(tags)], undefined)
    return whole
  }

  #answersOf(returned: unknown, expected: number): readonly unknown[] {
    if (Array.isArray(returned) && returned.length === expected) return returned
    const found = Array.isArray(returned) ? `${returned.length} answers` : typeof returned
    throw fulcrumError('FUL-3019', { found, expected }, { operation: this.#parts.operation.name })
  }
}

/** What any of them has to see; `undefined` where that is not known of one. */
function mergedToken(gathered: readonly Gathered[]): Token | undefined {
  let merged = gathered[0]?.call.token
  for (const { call } of gathered) {
    if (call.token === undefined || merged === undefined) return undefined
    if (call.token !== merged) merged = merge(merged, call.token)
  }
  return merged
}

function settle({ call, resolve, reject }: Gathered, whole: Call, answer: unknown): void {
  tell(call, whole)
  if (isDomainError(answer)) reject(answer)
  else resolve(answer)
}

/** What is known of the data that was read together holds for each part of it. Their common caller is told the rest when the whole ends. */
function tell(call: Call, whole: Call): void {
  call.read = whole.read
  call.served(whole.source)
}

/** Ends the reading when the last of those who wait for it has gone, and no sooner. */
class UntilAllAreGone implements Disposable {
  readonly deadline: Deadline
  readonly #expiries: readonly { cancel(): void }[]

  constructor(gathered: readonly Gathered[], { clock, operation }: Pick<StageParts, 'clock' | 'operation'>) {
    const deadlines = [...new Set(gathered.map(({ call }) => call.deadline))]
    const longest = Math.max(...deadlines.map((deadline) => deadline.remaining()))
    this.deadline = Deadline.after(clock, longest, { operation: operation.name })
    let waiting = deadlines.length
    this.#expiries = deadlines.map((deadline) =>
      deadline.onExpire((reason) => {
        waiting -= 1
        if (waiting === 0) this.deadline.end(reason)
      }),
    )
  }

  [Symbol.dispose](): void {
    for (const expiry of this.#expiries) expiry.cancel()
  }
}
