import { mutationsOf } from './mutation.ts'

/** What a label says that a value contains. */
export const LABEL_MUTATIONS = [
  ...mutationsOf('label', [
    {
      // A snapshot does not list transactions from its xmax on: the last one to begin may be in its commit window though nothing is in progress.
      name: 'a primary is trusted at the very position when nothing was in progress',
      breaks: 'read your writes',
      find: 'export function contains({ source, lo }, lsn) {',
      replace:
        'export function contains({ source, lo, snapshot }, lsn) {\n    if (lo === lsn && snapshot !== undefined && snapshot.xip.length === 0) return true;',
    },
    {
      name: 'a primary is trusted at the very position',
      breaks: 'read your writes',
      find: 'lo >= lsn : lo > lsn',
      replace: 'lo >= lsn : lo >= lsn',
    },
    {
      name: 'settled() is asked of direct reads only, not of cached values',
      breaks: 'monotonic per key',
      leaning: 'commits are held up, and replicas are not',
      find: 'return label.snapshot !== undefined && settled(label.snapshot, rx)',
      replace: 'return true',
    },
  ]),
  ...mutationsOf('snapshot', [
    {
      name: 'settled() is skipped',
      breaks: 'monotonic per key',
      find: 'return rx === 0 || (xmax >= rx && xip.every((xid) => xid >= rx))',
      replace: 'return true',
    },
    {
      name: 'settled() looks at xmax only',
      breaks: 'monotonic per key',
      leaning: 'commits are held up, and replicas are not',
      find: '(xmax >= rx && xip.every((xid) => xid >= rx))',
      replace: 'xmax >= rx',
    },
    {
      name: 'settled() looks at what is in progress only',
      breaks: 'monotonic per key',
      find: '(xmax >= rx && xip.every((xid) => xid >= rx))',
      replace: 'xip.every((xid) => xid >= rx)',
    },
    {
      name: 'changes are compared with xmax only',
      breaks: 'watermark soundness',
      find: '(xid < xmax && !xip.includes(xid))',
      replace: 'xid < xmax',
    },
    {
      name: 'changes are compared without xmax',
      breaks: 'watermark soundness',
      find: '(xid < xmax && !xip.includes(xid))',
      replace: '!xip.includes(xid)',
    },
  ]),
  ...mutationsOf('watermark', [
    {
      name: 'changes are compared by position, not by transaction',
      breaks: 'watermark soundness',
      find: 'return label.snapshot !== undefined && sees(label.snapshot, change.xid)',
      replace: 'return label.lo >= change.lsn',
    },
    {
      name: 'changes are compared by position, strictly',
      breaks: 'watermark soundness',
      find: 'return label.snapshot !== undefined && sees(label.snapshot, change.xid)',
      replace: 'return label.lo > change.lsn',
    },
    {
      name: 'a replica is asked for a position one too early',
      breaks: 'watermark soundness',
      find: 'label.lo >= change.lsn',
      replace: 'label.lo >= change.lsn - 1',
    },
  ]),
  ...mutationsOf('tombstone', [
    {
      name: 'a tombstone lets everything pass',
      breaks: 'tombstone soundness',
      find: 'hasPosition(tombstone) && contains(label, min)',
      replace: 'true',
    },
    {
      name: 'a tombstone matches ids loosely',
      breaks: 'tombstone soundness',
      find: 'label.sees.includes(writeId)',
      replace: 'label.sees.length > 0',
    },
    {
      name: 'a tombstone without a position is judged by its position',
      breaks: 'tombstone soundness',
      leaning: 'what is outside of the store changes too',
      find: 'hasPosition(tombstone) && contains(label, min)',
      replace: 'contains(label, min)',
    },
    {
      name: 'a change in the store makes the others of its tag forgotten',
      breaks: 'tombstone soundness',
      leaning: 'what is outside of the store changes too',
      find: 'later(stored, told), ...elsewhere]',
      replace: 'later(stored, told)]',
    },
  ]),
  ...mutationsOf('position-ring', [
    {
      name: 'the ring is one position too generous',
      breaks: 'staleness bound',
      find: 'low === 0 ? -Infinity : this.#times[low - 1]',
      replace: 'this.#times.length === 0 ? -Infinity : this.#times[Math.min(low, this.#times.length - 1)]',
    },
    {
      name: 'the ring that is thinned out keeps the times between those of its positions',
      breaks: 'staleness bound',
      find: 'this.#times = this.#times.filter(keep);',
      replace: 'this.#times = this.#times.filter((_, index) => index >= half || index % 2 !== 0);',
    },
  ]),
]
