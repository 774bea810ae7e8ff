import { isDomainError } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import type { Tag } from '../../declare/tag.ts'
import { run } from '../runtime/stage-run.ts'
import type { Run } from '../runtime/stage.ts'
import { answersOf } from './answers.ts'
import type { BatchedCall } from './batched-call.ts'

/** Calls whose answers must not be committed, each with the reason; found while nothing is committed yet. */
export class AtFault extends Error {
  readonly reasons: ReadonlyMap<BatchedCall, unknown>

  constructor(reasons: ReadonlyMap<BatchedCall, unknown>) {
    super('some answers of a batch must not be committed')
    this.reasons = reasons
  }
}

/**
 * Runs the form of a batched command, and holds each of its answers to the output's schema: within the transaction, as with a single command. What each of them
 * has changed is noted on its own call.
 */
export function batchForm(operation: AnyOperation): Run {
  return async (whole, input) => {
    const batch = input as readonly BatchedCall[]
    const inputs = batch.map((one) => one.input)
    const answers = answersOf(await run(whole, inputs), batch.length, operation)
    const outcomes = await concluded(batch, answers, operation)
    whole.finished = true
    whole.changed = batch.flatMap(({ call }) => call.changed)
    return outcomes
  }
}

type Concluded = Outcome<unknown> | Promise<Outcome<unknown>>

async function concluded(
  batch: readonly BatchedCall[],
  answers: readonly unknown[],
  operation: AnyOperation,
): Promise<readonly Outcome<unknown>[]> {
  const conclude = concluder(operation)
  const reasons = new Map<BatchedCall, unknown>()
  const outcomes: Outcome<unknown>[] = []
  for (const [index, one] of batch.entries()) {
    try {
      const outcome = conclude(one, answers[index])
      // Only where the schema takes its time.
      outcomes.push(outcome instanceof Promise ? await outcome : outcome)
    } catch (error) {
      reasons.set(one, error)
    }
  }
  if (reasons.size > 0) throw new AtFault(reasons)
  return outcomes
}

function concluder({ changes }: AnyOperation): (one: BatchedCall, answer: unknown) => Concluded {
  const noted = ({ call, input }: BatchedCall, value: unknown): Outcome<unknown> => {
    call.changed = changes === undefined ? NOTHING : changes(input as never, value as never)
    return { ok: true, value }
  }
  return (one, answer) => {
    const { call } = one
    call.changed = NOTHING
    if (isDomainError(answer)) return { ok: false, error: answer }
    const finished = call.scope.finish(call, answer)
    return finished instanceof Promise ? finished.then((value) => noted(one, value)) : noted(one, finished)
  }
}

const NOTHING: readonly Tag[] = Object.freeze([])
