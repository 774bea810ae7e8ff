import type { Plan, Stage } from '../../plan/plan.ts'
import type { Run, StageParts } from './stage.ts'
import { precondition } from './stage-precondition.ts'
import { retry } from './stage-retry.ts'
import { route } from './stage-route.ts'
import { run } from './stage-run.ts'
import { transaction } from './stage-transaction.ts'

/** Composes a plan into one function, innermost stage first. */
export function compose(plan: Plan, parts: StageParts): Run {
  return plan.stages.reduceRight<Run>((next, stage) => wrapStage(stage, next, parts), run)
}

function wrapStage(stage: Stage, next: Run, parts: StageParts): Run {
  switch (stage.stage) {
    // The budget of a call is set when it begins; the stages that wait for something watch it.
    case 'deadline':
    case 'run':
      return next
    case 'precondition':
      return precondition(stage, next, parts)
    case 'route':
      return route(stage, next, parts)
    case 'retry':
      return retry(stage, next, parts)
    case 'transaction':
      return transaction(stage, next, parts)
  }
}
