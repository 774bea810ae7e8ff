import type { Field } from '../field.ts'
import {
  anything,
  duration,
  either,
  listOf,
  literals,
  matching,
  rate,
  record,
  text,
  values,
  wholeFrom,
} from '../values.ts'
import { CRITICALITY, LIMIT_BY } from '../vocabulary.ts'

const operations = ['query', 'command', 'job', 'subscriber', 'projection'] as const
const everything = [...operations, 'wrap'] as const

const percentText = matching(/^(?:100|\d{1,2}(?:\.\d+)?)%$/, "a percentage, such as '2%'")
const percentile = matching(/^p\d{1,2}(?:\.\d+)?$/, "a percentile, such as 'p95'")
const cost = values(
  'a number above 0',
  (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
)

/** How long an answer may take, and what happens when it cannot be given. */
export const SERVING: readonly Field[] = [
  {
    path: 'latency.deadline',
    kinds: everything,
    allowed: duration,
    default: "'1s' over HTTP, none for `app.call` and `wrap`",
    meaning:
      "The whole budget of one call. The effective one is the smaller of this and what is left of the caller's. Spent: the statement is cancelled on the server, and the caller gets 504.",
    enforced: 'all',
  },
  {
    path: 'latency.expect',
    kinds: ['query'],
    allowed: duration,
    default: 'none',
    meaning:
      "What a read usually takes. One statement of up to `'10ms'` shares pipelined connections; a read that declares nothing has a connection of its own. Observed time overrules the declaration.",
    enforced: 'all',
  },
  {
    path: 'latency.attempt',
    kinds: everything,
    allowed: duration,
    default: 'none',
    meaning: 'The budget of one attempt.',
    enforced: [],
  },
  {
    path: 'latency.hedge',
    kinds: everything,
    allowed: record({ after: { values: either(duration, percentile) }, budget: { values: percentText } }),
    default: 'off',
    meaning: 'A second request when the first is slow (Dean and Barroso, "The Tail at Scale", 2013).',
    enforced: [],
  },
  {
    path: 'failure.retry',
    kinds: everything,
    allowed: record({ attempts: { values: wholeFrom(1) }, backoff: { values: duration, optional: true } }),
    default: 'serialization failures of commands only',
    meaning: 'How often what failed is tried again.',
    enforced: [],
  },
  {
    path: 'failure.fallback',
    kinds: everything,
    allowed: anything,
    default: 'none',
    meaning: "What is answered instead of a failure: `'stale'`, a value, or a function of the input.",
    enforced: [],
  },
  {
    path: 'failure.breaker',
    kinds: everything,
    allowed: either(text, record({ dependency: { values: text } })),
    default: 'none',
    meaning: 'The dependency whose circuit breaker guards it.',
    enforced: [],
  },
  {
    path: 'failure.bulkhead',
    kinds: everything,
    allowed: either(
      text,
      record({ dependency: { values: text }, concurrency: { values: wholeFrom(1), optional: true } }),
    ),
    default: 'none',
    meaning: 'The dependency whose concurrent use is bounded.',
    enforced: [],
  },
  {
    path: 'admission.limits',
    kinds: operations,
    allowed: listOf(
      record({
        quota: { values: rate },
        burst: { values: wholeFrom(1), optional: true },
        by: { values: literals(LIMIT_BY) },
        cost: { values: cost, optional: true },
      }),
    ),
    default: '`[]`',
    meaning: 'How many calls a principal, a tenant or an address may make.',
    enforced: [],
  },
  {
    path: 'admission.criticality',
    kinds: operations,
    allowed: literals(CRITICALITY),
    default: "'default'",
    meaning: 'What is shed first under overload.',
    enforced: ['default'],
  },
]
