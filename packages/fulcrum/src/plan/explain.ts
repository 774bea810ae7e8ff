import type { AnyOperation } from '../declare/operation.ts'
import { type Explanation, explanationOf } from './explanation.ts'
import type { Fact } from './facts.ts'
import type { Plan } from './plan.ts'

const WIDTH = 100
const INDENT = 4

type Row = readonly [label: string, text: string]

/** A heading with labelled texts. */
export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
}

/** One operation in prose for people: what it promises and gives up, its stages with their reasons, what is absent, what callers see when it fails. */
export function explain(plan: Plan, operation: AnyOperation): string {
  const explanation = explanationOf(plan, operation)
  const { name, kind, http, summary } = explanation
  const head = [
    `${name}  ${kind}  ${http ?? 'not over HTTP'}`,
    ...(summary === undefined ? [] : [`  ${summary}`]),
  ]
  return [...head, ...sectionsOf(explanation).flatMap(sectionLines)].join('\n')
}

/** The same for machines: plain JSON. Functions of a contract are shown as `"function"`, signatures by name. */
export function explainJson(plan: Plan, operation: AnyOperation): Record<string, unknown> {
  const { http, summary, touched, ...rest } = explanationOf(plan, operation)
  const tags = touched === undefined ? {} : { [touched.verb]: touched.tags ?? null }
  return {
    ...rest,
    stages: rest.stages.map(unbounded),
    http: http ?? null,
    summary: summary ?? null,
    contract: plain(operation.contract),
    ...tags,
  }
}

/** What `explain` shows below the heading, for others who lay it out differently. Empty sections are left out. */
export function sectionsOf(explanation: Explanation): readonly Section[] {
  const { facts, stages, absent, failures, refusals } = explanation
  const sections: Section[] = [
    { title: 'refused', rows: refusals.map((message) => ['', message]) },
    { title: 'promises', rows: facts.flatMap(factRows) },
    { title: 'touches', rows: touchedRows(explanation) },
    {
      title: 'plan, outermost first',
      rows: stages.map(({ stage, reason }, index) => [`${index + 1} ${stage}`, reason]),
    },
    { title: 'absent', rows: absent.map(({ stage, reason }) => [stage, reason]) },
    {
      title: 'what callers see when it fails',
      rows: failures.map(({ status, code, title }) => [`${status} ${code}`, title]),
    },
  ]
  return sections.filter(({ rows }) => rows.length > 0)
}

function factRows({ topic, promise, cost }: Fact): Row[] {
  return cost === undefined
    ? [[topic, promise]]
    : [
        [topic, promise],
        ['', `Gives up: ${cost}`],
      ]
}

function touchedRows({ touched }: Explanation): Row[] {
  if (touched === undefined) return []
  return [[touched.verb, touched.tags?.join(', ') ?? 'what its function of the input says']]
}

function sectionLines({ title, rows }: Section): string[] {
  const column = Math.max(...rows.map(([label]) => label.length))
  const left = column === 0 ? INDENT : INDENT + column + 2
  const lines = rows.flatMap(([label, text]) => {
    const [first = '', ...more] = wrap(text, WIDTH - left)
    return [
      `${' '.repeat(INDENT)}${label}`.padEnd(left) + first,
      ...more.map((line) => ' '.repeat(left) + line),
    ]
  })
  return ['', `  ${title}`, ...lines]
}

/** Lines of at most `width` characters; a longer word stays whole. */
function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) return [...lines, word]
    return [...lines.slice(0, -1), `${last} ${word}`]
  }, [])
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return 'function'
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (isSignature(value)) return value.name
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}

/** JSON has no infinity: no bound is `null`. */
function unbounded(value: unknown): unknown {
  if (value === Infinity) return null
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unbounded(member)]))
}

function isSignature(value: object): value is { readonly name: string } {
  return 'name' in value && typeof value.name === 'string' && 'contract' in value
}
