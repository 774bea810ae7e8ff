import type { AnyOperation } from '../../declare/operation.ts'
import type { Tag } from '../../declare/tag.ts'
import type { StorePosition } from '../../ports/store.ts'
import { type Answered, packAnswer, unpackAnswer } from '../idempotency/answer.ts'
import { isPortable } from '../cache/portable.ts'
import { packr } from '../packr.ts'

/** What a run came to, for those who wait for it. `kept before`: an attempt to keep the answer had succeeded without being heard of. */
export type RunOutcome =
  | {
      readonly kind: 'answered'
      readonly answered: Answered
      readonly position: StorePosition | undefined
      readonly changed: readonly Tag[]
    }
  | { readonly kind: 'kept before' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** What a step came to. `failed`: for good, and whether it took effect is not known. */
export type StepOutcome = Answered | { readonly kind: 'failed'; readonly reason: string }

const FAILED = 3
const LONGEST_REASON = 2_000

/** As it is kept. `operation`: whose errors are declared. @throws FUL-3021 */
export function packOutcome(operation: AnyOperation, outcome: StepOutcome): Uint8Array {
  if (outcome.kind !== 'failed') return packAnswer(operation, outcome)
  return packr.pack([FAILED, outcome.reason.slice(0, LONGEST_REASON).toWellFormed()])
}

/** @throws FUL-3022 */
export function unpackOutcome(operation: AnyOperation, bytes: Uint8Array): StepOutcome {
  const form: unknown = packr.unpack(bytes)
  if (Array.isArray(form) && form[0] === FAILED) return { kind: 'failed', reason: String(form[1]) }
  return unpackAnswer(operation, bytes)
}

export function valueOutcome(value: unknown): StepOutcome {
  return { kind: 'value', value, version: undefined, changed: [] }
}

export function isKeepable(value: unknown): boolean {
  return isPortable(value)
}
