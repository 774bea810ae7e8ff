import type { Field } from '../field.ts'
import { duration, literals, percent, record, recordOf, values } from '../values.ts'
import { DATA_CLASSES } from '../vocabulary.ts'

const operations = ['query', 'command', 'job', 'subscriber', 'projection'] as const

const decisions = values(
  "the id of a decision, such as 'ADR-0003', or a list of them; without spaces",
  (value) => isId(value) || (Array.isArray(value) && value.length > 0 && value.every(isId)),
)

function isId(value: unknown): boolean {
  return typeof value === 'string' && /^\S+$/.test(value)
}

/** What is recorded, shown by `explain` and in the API description. */
export const FACTS: readonly Field[] = [
  {
    path: 'data.class',
    kinds: operations,
    allowed: literals(DATA_CLASSES),
    default: "'internal'",
    meaning: 'The most sensitive class of data in its input or output. A fact: it is shown.',
    enforced: 'all',
  },
  {
    path: 'data.fields',
    kinds: operations,
    allowed: recordOf("paths, such as 'address.street',", literals(DATA_CLASSES)),
    default: '`{}`',
    meaning: 'Classes of single fields of the input or the output, by path. A fact: it is shown.',
    enforced: 'all',
  },
  {
    path: 'slo.availability',
    kinds: operations,
    allowed: percent,
    default: 'none',
    meaning: 'Percent of calls that succeed. A fact: it is shown.',
    enforced: 'all',
  },
  {
    path: 'slo.latency',
    kinds: operations,
    allowed: record({ under: { values: duration }, target: { values: percent } }),
    default: 'none',
    meaning: '`target` percent of calls finish `under` a time. A fact: it is shown.',
    enforced: 'all',
  },
  {
    path: 'slo.window',
    kinds: operations,
    allowed: duration,
    default: "'30d'",
    meaning: 'The time over which the objectives are counted. A fact: it is shown.',
    enforced: 'all',
  },
  {
    path: 'because',
    kinds: operations,
    allowed: decisions,
    default: 'none',
    meaning: 'Ids of the decisions behind the contract. A fact: it is shown.',
    enforced: 'all',
  },
]
