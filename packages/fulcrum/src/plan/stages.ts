import { DEFAULT_HTTP_DEADLINE } from '../declare/contract/defaults.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import type { Absence, Stage } from './plan.ts'

/** The part of a plan that a contract is drawn into. */
export interface Drawn {
  readonly stages: readonly Stage[]
  readonly absent: readonly Absence[]
}

/** Some stage, or the reason why it is not there. */
export type Drawing = { readonly present: Stage } | { readonly absent: Absence }

export function present(stage: Stage): Drawing {
  return { present: stage }
}

export function absent(stage: string, reason: string): Drawing {
  return { absent: { stage, reason } }
}

/** Stages outermost first, as they are given. */
export function drawn(drawings: readonly Drawing[]): Drawn {
  return {
    stages: drawings.flatMap((drawing) => ('present' in drawing ? [drawing.present] : [])),
    absent: drawings.flatMap((drawing) => ('absent' in drawing ? [drawing.absent] : [])),
  }
}

/** The budget of a call. Without one, a call still ends with its caller's. */
export function deadline({ contract, http }: AnyOperation): Drawing {
  const declared = contract.latency?.deadline
  if (declared !== undefined) {
    const ms = parseDuration(declared)
    const reason = `latency.deadline is ${declared}: a call that takes longer is ended with 504 and its statement is cancelled on the server`
    return present({ stage: 'deadline', overHttp: ms, otherwise: ms, reason })
  }
  if (http === undefined) {
    return absent(
      'deadline',
      'no latency.deadline is declared, so a call has the budget that its caller gives it',
    )
  }
  const reason = `no latency.deadline is declared: over HTTP a call has ${DEFAULT_HTTP_DEADLINE}, in process the budget that its caller gives it`
  return present({
    stage: 'deadline',
    overHttp: parseDuration(DEFAULT_HTTP_DEADLINE),
    otherwise: undefined,
    reason,
  })
}

export function run({ kind }: AnyOperation): Drawing {
  const reason = `the handler of the ${kind}, with validated input; its output is validated when it is produced`
  return present({ stage: 'run', reason })
}

/** A declared duration in milliseconds with its canonical text. */
export function durationOf(
  text: string | undefined,
): { readonly ms: number; readonly text: string } | undefined {
  const ms = parseDuration(text)
  return ms === undefined ? undefined : { ms, text: formatDuration(ms) }
}
