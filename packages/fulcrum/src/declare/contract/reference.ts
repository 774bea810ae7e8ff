import { JOIN_RULES } from '../checks/joins.ts'
import { CONTRACT_RULES } from './contradictions.ts'
import type { Field, TermsKind } from './field.ts'
import { CONTRACT_FIELDS, groupOf } from './fields.ts'

const HEAD = `# The contract

Every operation states its trade-offs in \`contract\`, grouped by decision. An operation without one has the defaults, which are the safe values:
every relaxation is declared.

\`\`\`ts
contract: {
  consistency: 'eventual',
  latency: { deadline: '250ms', expect: '5ms' },
  slo: { availability: 99.95, latency: { under: '100ms', target: 99 } },
  because: 'ADR-0003',
}
\`\`\`

What is declared is kept, or the application does not start. A field that does not exist, a field of another kind of operation, a value that is
not allowed, a value that this version does not enforce and two values that contradict each other are all refused at boot: \`fulcrum check\`
lists all of them, each with the operation, the field, what was found and what is allowed. Nothing is accepted and ignored.

Durations are texts with a unit: \`'250ms'\`, \`'1.5s'\`, \`'5m'\`, \`'24h'\`, \`'30d'\`.

This page is written by \`node scripts/render-contract-reference.ts\`.
`

const LATER = `## Accepted from a later version

These fields are typed and checked, but this version does not enforce them and therefore refuses them.
`

const KIND_NAMES: Readonly<Record<TermsKind, string>> = {
  query: 'queries',
  command: 'commands',
  job: 'jobs',
  subscriber: 'subscribers',
  projection: 'projections',
  wrap: '`wrap`',
}

/** The page `docs/reference/contract.md`. */
export function renderContractReference(): string {
  const working = CONTRACT_FIELDS.filter(isWorking)
  const later = CONTRACT_FIELDS.filter((field) => !isWorking(field))
  const groups = Map.groupBy(working, ({ path }) => groupOf(path))
  const sections = Array.from(groups, ([group, fields]) => [`## ${group}\n`, ...fields.map(entry)])
  return [HEAD, ...sections.flat(), rules(), LATER, ...later.map(laterItem), ''].join('\n')
}

/** Fields of which this version keeps every value. Of the others it keeps some. */
function isWorking({ enforced }: Field): boolean {
  return enforced === 'all'
}

function entry(field: Field): string {
  return `### \`${field.path}\`

${sentence(coded(field.meaning))}

- For: ${kinds(field.kinds)}
- Values: ${coded(field.allowed.phrase)}
- Default: ${coded(field.default)}
`
}

function laterItem(field: Field): string {
  const kept = field.enforced === 'all' ? [] : field.enforced.map((value) => coded(showLiteral(value)))
  return `- \`${field.path}\` (${kinds(field.kinds)}): ${sentence(coded(field.meaning))}${accepted(kept)}`
}

/** One value alone is what happens anyway. */
function accepted(kept: readonly string[]): string {
  if (kept.length === 0) return ''
  return ` Accepted already: ${kept.join(', ')}${kept.length === 1 ? ', which is what happens anyway' : ''}.`
}

function rules(): string {
  const all = [...CONTRACT_RULES, ...JOIN_RULES].map(({ rule }) => `- ${rule}`)
  return `## Contradictions

Each of these values is allowed by itself, but no plan can keep both sides.

${all.join('\n')}
- Joins do not form a circle.
`
}

function kinds(list: readonly TermsKind[]): string {
  return list.map((kind) => KIND_NAMES[kind]).join(', ')
}

function showLiteral(value: string | boolean | number): string {
  return typeof value === 'string' ? `'${value}'` : `\`${value}\``
}

/** Quoted literals as code; what is code already stays. */
function coded(text: string): string {
  return text.replace(/`[^`]*`|(?<!\w)'[^'`]+'(?!\w)|\b(?:true|false)\b/g, (match) =>
    match.startsWith('`') ? match : `\`${match}\``,
  )
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}
