import type { PlannedOperation } from '../../app/app.ts'
import { explainJson, sectionsOf } from '../../plan/explain.ts'
import { explanationOf } from '../../plan/explanation.ts'
import type { Page } from '../terminal.ts'
import { rows, wrap } from './prose.ts'

type Planned = Pick<PlannedOperation, 'operation' | 'plan'>

/** One operation for people, in the width and the colours of the page. */
export function showPlan(
  { operation, plan }: Planned,
  { paint, width }: Pick<Page, 'paint' | 'width'>,
): string[] {
  const explanation = explanationOf(plan, operation)
  const { name, kind, http, summary } = explanation
  const label = (text: string): string => paint('cyan', text)
  return [
    [paint('bold', name), kind, http ?? 'not over HTTP'].join('  '),
    ...(summary === undefined ? [] : wrap(summary, width - 2).map((line) => `  ${line}`)),
    ...sectionsOf(explanation).flatMap((section) => [
      '',
      `  ${paint('dim', section.title)}`,
      ...rows(section.rows, { width, indent: 4, label }),
    ]),
  ]
}

/** The same for machines. */
export function planJson({ operation, plan, module }: PlannedOperation): Record<string, unknown> {
  return { module, ...explainJson(plan, operation) }
}
