import { moduleOf } from '../../declare/checks/names.ts'
import type { EdgeKind, ModuleEdge } from '../../plan/module-edges.ts'
import type { Page } from '../terminal.ts'
import { count, rows } from './prose.ts'

type View = Pick<Page, 'paint' | 'width'>

const COLOURS = { transactional: 'red', call: 'yellow', event: 'green' } as const satisfies Readonly<
  Record<EdgeKind, string>
>

/** The edges, by the pair of modules that they are between. */
export function showEdges(edges: readonly ModuleEdge[], view: View): string[] {
  if (edges.length === 0) return ['No module depends on another one.']
  const pairs = Map.groupBy(edges, ({ from, to }) => `${moduleOf(from)} → ${moduleOf(to)}`)
  return [...pairs].flatMap(([pair, between]) => [view.paint('bold', pair), ...showAll(between, view)])
}

function showAll(edges: readonly ModuleEdge[], { paint, width }: View): string[] {
  const sentences = edges.map(({ kind, from, how }): [string, string] => [kind, `${from} ${how}`])
  const label = (padded: string): string => paint(COLOURS[padded.trim() as EdgeKind], padded)
  return rows(sentences, { width, indent: 2, label })
}

/** What becomes of a module's edges in a process of its own. */
export function showExtractable(module: string, edges: readonly ModuleEdge[]): string {
  const calls = edges.filter(({ kind }) => kind === 'call').length
  const events = edges.filter(({ kind }) => kind === 'event').length
  return `Module ${module} can be extracted: ${count(calls, 'call')} over HTTP, ${count(events, 'subscription')} through the outbox or a broker.`
}
