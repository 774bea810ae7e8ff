import type { ShownStep } from '../../app/steps.ts'
import type { ShownRun } from '../../ports/step-log.ts'
import type { Page } from '../terminal.ts'
import { count, rows } from './prose.ts'

type View = Pick<Page, 'paint' | 'width'>

export interface RunWithSteps extends ShownRun {
  readonly steps: readonly ShownStep[]
}

/** Runs, with why they are not over. */
export function showRuns(runs: readonly ShownRun[], { paint, width }: View): string[] {
  if (runs.length === 0) return ['No run of steps is under way or stuck.']
  return runs.flatMap(({ run, operation, reason, ...rest }) => [
    `${paint('bold', run)}  ${paint('cyan', operation)}  ${sentence(rest)}`,
    ...(reason === null ? [] : rows([['reason', reason]], { width, indent: 2 })),
  ])
}

/** One run with its steps, in their order. */
export function showRun({ steps, ...run }: RunWithSteps, view: View): string[] {
  const pairs = steps.map(({ name, state }): [string, string] => [name, state])
  return [
    ...showRuns([run], view),
    ...(pairs.length === 0 ? ['  no step is done'] : rows(pairs, { width: view.width, indent: 2 })),
  ]
}

function sentence({ state, beganAt, takeovers }: Pick<ShownRun, 'state' | 'beganAt' | 'takeovers'>): string {
  const taken = takeovers === 0 ? '' : `, taken over ${count(takeovers, 'time')}`
  return `${state} since ${beganAt.toISOString()}${taken}`
}
