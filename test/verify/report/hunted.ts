import type { Hunted } from '../mutations/hunt.ts'
import { PROMISES } from '../checkers/promises.ts'
import { markdown } from './markdown.ts'

/** One table of Markdown: a row for each mutation. */
export function huntedTable(hunted: readonly Hunted[]): string {
  return markdown([['broken rule', 'while', 'found by', 'level', 'reads', 'seconds'], ...hunted.map(row)])
}

function row({ mutation, by, reads, seconds }: Hunted): string[] {
  const level = by === undefined ? '' : (PROMISES.get(by.operation.operation)?.level ?? 'writes')
  const { name, phase } = mutation
  return [name, phase.name, by?.check ?? 'nothing', level, String(reads), seconds.toFixed(1)]
}
