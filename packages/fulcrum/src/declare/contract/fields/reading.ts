import type { Field } from '../field.ts'
import { duration, either, flag, functionOf, listOf, literals, record, values } from '../values.ts'
import {
  CACHE_SCOPES,
  CACHE_STRATEGIES,
  CACHE_TIERS,
  CONSISTENCY_LEVELS,
  INVALIDATIONS,
  ON_PARTITION,
  SESSION_LEVELS,
} from '../vocabulary.ts'

const query = ['query'] as const
const cached = ['query', 'wrap'] as const

const jitter = values(
  'a number from 0 to 100',
  (value) => typeof value === 'number' && value >= 0 && value <= 100,
)
const inputOf = record({
  tag: { values: values('a tag', (value) => typeof value === 'function') },
  input: { values: functionOf("a tag's arguments") },
})

/** How fresh an answer is, and where it may come from. */
export const READING: readonly Field[] = [
  {
    path: 'consistency',
    kinds: query,
    allowed: literals(CONSISTENCY_LEVELS),
    default: "'strong'",
    meaning:
      "How fresh an answer is. `'strong'`: read on the primary, never from a cache or a replica. `'eventual'`: read on a healthy replica where there is one, else on the primary. Or an object that bounds what is served and states `staleness` or `session`; with nothing but the weakest values it is `'eventual'`.",
    enforced: 'all',
  },
  {
    path: 'consistency.staleness',
    kinds: query,
    allowed: either(literals(['any']), duration),
    default: "'any'",
    meaning:
      'Nothing older is served, measured by position in the write-ahead log rather than by clocks of several machines.',
    enforced: 'all',
  },
  {
    path: 'consistency.session',
    kinds: query,
    allowed: literals(SESSION_LEVELS),
    default: "'none'",
    meaning:
      "What the caller's session has to see: its own writes, per touched key also nothing older than it has seen (weaker than Terry's monotonic reads across keys), or everything that it has written or seen.",
    enforced: 'all',
  },
  {
    path: 'consistency.onPartition',
    kinds: query,
    allowed: literals(ON_PARTITION),
    default: "'reject'",
    meaning:
      'What happens when the bound cannot be shown to hold: refuse, or serve what there is and say so.',
    enforced: 'all',
  },
  {
    path: 'consistency.maxStale',
    kinds: query,
    allowed: duration,
    default: "`'1h'`",
    meaning: "The furthest age that `onPartition: 'serve-stale'` may serve.",
    enforced: 'all',
  },
  {
    path: 'consistency.snapshot',
    kinds: query,
    allowed: flag,
    default: '`false`',
    meaning: 'Several statements of one call see one snapshot (repeatable read).',
    enforced: 'all',
  },
  {
    path: 'cache.strategy',
    kinds: cached,
    allowed: literals(CACHE_STRATEGIES),
    default: 'none',
    meaning:
      'When the cache is filled: after a read that missed, with the write, or before the write reaches the database.',
    enforced: ['aside', 'write-through'],
    required: true,
  },
  {
    path: 'cache.ttl',
    kinds: cached,
    allowed: duration,
    default: 'none',
    meaning: 'How long an entry may be served.',
    enforced: 'all',
    required: true,
  },
  {
    path: 'cache.invalidation',
    kinds: query,
    allowed: literals(INVALIDATIONS),
    default: "'event'",
    meaning:
      'What ends an entry before its time: changed tags, nothing, the change stream, or a version in the key, which `app.bumpVersion` replaces.',
    enforced: 'all',
  },
  {
    path: 'cache.tiers',
    kinds: query,
    allowed: listOf(literals(CACHE_TIERS)),
    default: 'those configured',
    meaning: 'Which caches hold it.',
    enforced: 'all',
  },
  {
    path: 'cache.scope',
    kinds: query,
    allowed: literals(CACHE_SCOPES),
    default: "by data class: `'principal'` for personal and above",
    meaning: 'Whose entry it is; part of the key.',
    enforced: 'all',
  },
  {
    path: 'cache.refreshEarly',
    kinds: cached,
    allowed: flag,
    default: '`false`',
    meaning: 'Probabilistic early refresh (XFetch, Vattani et al. 2015).',
    enforced: 'all',
  },
  {
    path: 'cache.staleWhileRevalidate',
    kinds: cached,
    allowed: duration,
    default: 'off',
    meaning: 'How long an expired entry may be served while a fresh one is read.',
    enforced: 'all',
  },
  {
    path: 'cache.grace',
    kinds: cached,
    allowed: duration,
    default: 'off',
    meaning: 'How long an expired entry may stand in for a failing origin.',
    enforced: 'all',
  },
  {
    path: 'cache.softTimeout',
    kinds: cached,
    allowed: duration,
    default: 'off',
    meaning:
      'An expired entry is served when the origin takes longer; the origin finishes in the background.',
    enforced: 'all',
  },
  {
    path: 'cache.negativeTtl',
    kinds: cached,
    allowed: duration,
    default: 'off',
    meaning: 'How long an absence is remembered.',
    enforced: 'all',
  },
  {
    path: 'cache.jitter',
    kinds: cached,
    allowed: jitter,
    default: '`10`',
    meaning: 'Spread of the TTL in percent, so that entries filled together do not expire together.',
    enforced: 'all',
  },
  {
    path: 'cache.inputOf',
    kinds: query,
    allowed: inputOf,
    default: 'none',
    meaning:
      "For `'write-through'`: which changed tags are read anew after COMMIT, and with which input, made of the arguments of the tag.",
    enforced: 'all',
  },
]
