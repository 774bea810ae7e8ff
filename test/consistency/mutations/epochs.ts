import { mutationsOf } from './mutation.ts'

/** What becomes of a token at a failover. */
export const EPOCH_MUTATIONS = mutationsOf('carry-over', [
  {
    name: 'tokens of an old epoch are taken for present ones',
    breaks: 'epoch isolation',
    find: 'token.epoch === undefined || token.epoch === epoch',
    replace: 'true',
  },
  {
    name: 'tokens are carried over unclamped',
    breaks: 'demands can be met',
    find: 'token: clamped',
    replace: 'token: { ...token, epoch }',
  },
  {
    name: 'losses of writes are not told',
    breaks: 'epoch isolation',
    find: 'Math.max(w, floor, sawFloor)',
    replace: 'Math.max(sawFloor)',
  },
  {
    name: 'losses of what was seen are not told',
    breaks: 'epoch isolation',
    find: 'Math.max(most, wrote, saw)',
    replace: 'Math.max(most, wrote)',
  },
  {
    name: 'rx is kept across epochs',
    breaks: 'demands can be met',
    find: 'rxFloor: 0',
    replace: 'rxFloor: token.rxFloor',
  },
  {
    name: 'a token of a newer epoch is reset',
    breaks: 'monotonic per key',
    find: 'if (from.timeline > now.timeline)',
    replace: 'if (false)',
  },
  {
    name: 'everything is forgotten at a failover',
    breaks: 'read your writes',
    find: 'token: clamped',
    replace: 'token: { ...NEW_TOKEN, epoch }',
  },
  {
    name: 'writes are forgotten at a failover',
    breaks: 'read your writes',
    find: 'wrote: Math.min(wrote, fork)',
    replace: 'wrote: 0',
  },
  {
    name: 'the last write is forgotten at a failover',
    breaks: 'causal',
    leaning: 'primaries come and go, and a replica is behind',
    find: 'w: Math.min(token.w, fork)',
    replace: 'w: 0',
  },
  {
    name: 'sights are forgotten at a failover',
    breaks: 'monotonic per key',
    leaning: 'primaries come and go, and a replica is behind',
    find: 'saw: Math.min(saw, fork)',
    replace: 'saw: 0',
  },
  {
    name: 'the floor of writes is forgotten at a failover',
    breaks: 'read your writes',
    find: 'floor: Math.min(token.floor, fork),\n',
    replace: 'floor: 0,\n',
  },
  {
    name: 'the floor of sights is forgotten at a failover',
    breaks: 'monotonic per key',
    leaning: 'primaries come and go, and a replica is behind',
    find: 'sawFloor: Math.min(token.sawFloor, fork)',
    replace: 'sawFloor: 0',
  },
])
