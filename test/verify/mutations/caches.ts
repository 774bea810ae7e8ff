import { latePolls, lateStream } from '../faults/held-answers.ts'
import { pieces } from '../faults/pieces.ts'
import { heldCommits, lateReplica, lostTail } from '../faults/replication.ts'
import { lateFills } from '../faults/shared-cache.ts'
import { type Mutation, mutation } from './mutation.ts'
import { isCached } from './reads.ts'

/** What is kept, and to whom and for how long it is served. */
export const CACHES: readonly Mutation[] = [
  mutation('changes are compared by their commit record', { phase: heldCommits }, [
    'consistency/watermark.js',
    'return label.snapshot !== undefined && sees(label.snapshot, change.xid)',
    'return label.lo > change.lsn',
  ]),
  mutation(
    'the epoch of what is cached is ignored',
    { phase: lostTail },
    [
      'enforce/cache/caches.js',
      'this.changes.entered(epoch);\n        this.local.clear();',
      'this.changes.entered(epoch);',
    ],
    ['enforce/cache/judge.js', 'label.epoch !== epoch ? -Infinity', 'false ? -Infinity'],
    ['enforce/cache/judge.js', 'epoch !== undefined && epoch !== present', 'false'],
  ),
  mutation('the watermark is a position from after the drain', { phase: lateStream }, [
    'adapters/postgres/change-stream/watermarks.js',
    '(this.#asked[count]?.lsn ?? Infinity) <= this.#told',
    'count < this.#asked.length',
  ]),
  mutation('a position counts from when its answer comes', { phase: latePolls }, [
    'adapters/postgres/monitor.js',
    'this.#parts.located(this.#position, askedAt)',
    'this.#parts.located(this.#position, this.#parts.clock.now())',
  ]),
  mutation('what the change stream tells is not dropped', { phase: lateFills }, [
    'enforce/cache/change-follower.js',
    'this.#caches.local.dropTag(key, ({ label }) => label !== undefined && holdsChange(label, change));',
    '',
  ]),
  mutation('what the change stream told before a value came is forgotten', { phase: pieces }, [
    'enforce/cache/recent-changes.js',
    'return this.#changes.get(tag)?.every((change) => holdsChange(label, change)) ?? true',
    'return true',
  ]),
  mutation(
    'what a replica has said is held to contain the writes that are known',
    { phase: lateReplica, reads: isCached },
    ['enforce/runtime/stage-fill.js', "source === 'primary' ? before.all : before.elsewhere", 'before.all'],
  ),
  mutation('whoever waits for a reading is given it', { phase: pieces }, [
    'enforce/runtime/stage-single-flight.js',
    'if (!isOwn && !this.#isGoodFor(call, outcome.landed.entry, since))',
    'if (false)',
  ]),
  mutation('the bound is ignored', {}, [
    'enforce/cache/judge.js',
    'return !this.#isExact || now - this.#asOf(entry, now) <= this.#bounds.staleness',
    'return true',
  ]),
  mutation('what a session has to see is ignored', {}, [
    'enforce/cache/judge.js',
    "if (this.#level === 'none')",
    'if (true)',
  ]),
  mutation('principals share their entries', {}, [
    'enforce/cache/cache-key.js',
    '`${whose(principal)}${key}`',
    'key',
  ]),
]
