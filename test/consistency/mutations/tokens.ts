import { mutationsOf } from './mutation.ts'

/** What a session remembers. */
export const TOKEN_MUTATIONS = mutationsOf('token', [
  {
    name: 'hi is dropped: lo stands for it',
    breaks: 'monotonic per key',
    find: '{ epoch, hi, rx, fill }',
    replace: '{ epoch, lo: hi, rx, fill }',
  },
  {
    name: 'the floor of writes is dropped when a tag is evicted',
    breaks: 'read your writes',
    find: 'floor = Math.max(floor, touched.wrote);',
    replace: '',
  },
  {
    name: 'the floor of sights is dropped when a tag is evicted',
    breaks: 'monotonic per key',
    find: 'sawFloor = Math.max(sawFloor, touched.saw);',
    replace: '',
  },
  {
    name: 'the floor of rx is dropped when a tag is evicted',
    breaks: 'monotonic per key',
    leaning: 'commits are held up, and replicas are not',
    find: 'rxFloor = Math.max(rxFloor, touched.rx);',
    replace: '',
  },
  {
    name: 'rx is not remembered',
    breaks: 'monotonic per key',
    find: 'rx: Math.max(before.rx, rx), fill',
    replace: 'rx: before.rx, fill',
  },
  {
    name: 'sights are not remembered',
    breaks: 'monotonic per key',
    find: 'saw: Math.max(before.saw, hi)',
    replace: 'saw: before.saw',
  },
  {
    name: 'the last write is not remembered',
    breaks: 'causal',
    find: 'w: Math.max(token.w, write.lsn)',
    replace: 'w: token.w',
  },
  {
    name: 'tokens are merged by replacement',
    breaks: 'monotonic per key',
    find: 'return bounded({\n        epoch: a.epoch ?? b.epoch',
    replace: 'if (b.epoch !== undefined) return b;\n    return bounded({\n        epoch: a.epoch ?? b.epoch',
  },
  {
    name: 'of two tags the later one replaces the other in a merge',
    breaks: 'read your writes',
    find: 'other === undefined ? touched : mergeTouched(other, touched)',
    replace: 'touched',
  },
  {
    name: 'a merge drops the greater w',
    breaks: 'causal',
    find: 'w: Math.max(a.w, b.w)',
    replace: 'w: Math.min(a.w, b.w)',
  },
  {
    name: 'a merge keeps the fill of the larger side',
    breaks: 'ids',
    find: 'return b.saw === 0 && b.rx === 0 ? a.fill : NO_ID',
    replace: 'return a.saw > b.saw ? a.fill : b.fill',
  },
  {
    name: 'of two writes at one position the first id speaks for both',
    breaks: 'ids',
    find: 'return { ...touched, writeId: NO_ID };',
    replace: 'return touched;',
  },
  {
    name: 'of two writes at one position the second id speaks for both',
    breaks: 'ids',
    leaning: 'little is written',
    find: 'return { ...touched, writeId: NO_ID };',
    replace: 'return { ...touched, writeId };',
  },
  {
    name: 'the id of the last write speaks for a later position',
    breaks: 'ids',
    find: 'if (lsn < touched.wrote || writeId',
    replace: 'if (lsn < touched.wrote) return { ...touched, writeId }; if (writeId',
  },
])
