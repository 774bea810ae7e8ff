import { mutationsOf } from './mutation.ts'

/** What a session demands, and what is served to it. */
export const NEED_MUTATIONS = [
  ...mutationsOf('need', [
    {
      name: 'reads of own writes do not look at the floor',
      breaks: 'read your writes',
      find: "Math.max(token.floor, greatest(token, tags, 'wrote'))",
      replace: "greatest(token, tags, 'wrote')",
    },
    {
      name: 'monotonic reads do not look at own writes',
      breaks: 'read your writes',
      find: 'Math.max(ownWrites(token, tags), seen(token, tags))',
      replace: 'seen(token, tags)',
    },
    {
      name: 'monotonic reads do not look at sights',
      breaks: 'monotonic per key',
      find: 'Math.max(ownWrites(token, tags), seen(token, tags))',
      replace: 'ownWrites(token, tags)',
    },
    {
      name: 'monotonic reads do not look at the floor of sights',
      breaks: 'monotonic per key',
      find: "Math.max(token.sawFloor, greatest(token, tags, 'saw'))",
      replace: "greatest(token, tags, 'saw')",
    },
    {
      name: 'rx is ignored',
      breaks: 'monotonic per key',
      find: 'rx: shownByReplicas(token, tags) }',
      replace: 'rx: 0 }',
    },
    {
      name: 'monotonic reads do not look at the floor of rx',
      breaks: 'monotonic per key',
      leaning: 'commits are held up, and replicas are not',
      find: "Math.max(token.rxFloor, greatest(token, tags, 'rx'))",
      replace: "greatest(token, tags, 'rx')",
    },
    {
      name: 'only the first tag of a value counts',
      breaks: 'read your writes',
      find: 'for (const tag of tags)\n        most',
      replace: 'for (const tag of tags.slice(0, 1))\n        most',
    },
    {
      name: 'causal reads do not look at the last write',
      breaks: 'causal',
      find: 'Math.max(w, floor, sawFloor)',
      replace: 'Math.max(floor, sawFloor)',
    },
    {
      name: 'causal reads do not look at the floor of sights',
      breaks: 'causal',
      find: 'Math.max(w, floor, sawFloor)',
      replace: 'Math.max(w, floor)',
    },
    {
      name: 'causal reads do not look at sights',
      breaks: 'causal',
      find: 'Math.max(lsn, touched.wrote, touched.saw)',
      replace: 'Math.max(lsn, touched.wrote)',
    },
    {
      name: 'rx is ignored by causal reads',
      breaks: 'causal',
      find: 'return { lsn, rx };',
      replace: 'return { lsn, rx: 0 };',
    },
    {
      name: 'causal reads do not look at the floor of rx',
      breaks: 'causal',
      leaning: 'commits are held up, and replicas are not',
      find: 'let rx = rxFloor',
      replace: 'let rx = 0',
    },
    {
      name: 'causal reads do not look at the rx of tags',
      breaks: 'causal',
      find: 'rx = Math.max(rx, touched.rx);',
      replace: '',
    },
  ]),
  ...mutationsOf('servable', [
    {
      name: 'sees is matched loosely: any write id will do',
      breaks: 'ids',
      find: 'label.sees.includes(touched.writeId)',
      replace: 'label.sees.length > 0',
    },
    {
      name: 'fill is matched loosely: any fill id will do',
      breaks: 'ids',
      find: 'label.fill === touched.fill',
      replace: 'label.fill !== 0',
    },
    {
      name: 'the floor of writes is not looked at where ids are',
      breaks: 'ids',
      find: 'if (!contains(label, token.floor))\n        return false;',
      replace: '',
    },
    {
      name: 'the floors of sights are not looked at where ids are',
      breaks: 'ids',
      find: 'containsSeen(label, token.sawFloor, token.rxFloor) && ',
      replace: '',
    },
    {
      name: 'ids of one tag speak for the others: writes',
      breaks: 'ids',
      find: '!tags.every((tag) => holdsWrite',
      replace: '!tags.some((tag) => holdsWrite',
    },
    {
      name: 'ids of one tag speak for the others: sights',
      breaks: 'ids',
      find: 'tags.every((tag) => holdsSight',
      replace: 'tags.some((tag) => holdsSight',
    },
    {
      name: 'ids are enough for causality',
      breaks: 'ids',
      find: "reader.level !== 'causal' && holdsEachPart",
      replace: 'holdsEachPart',
    },
    {
      name: 'a fill id speaks for writes too',
      breaks: 'ids',
      find: 'if (!tags.every((tag) => holdsWrite(label, token, tag)))\n        return false;',
      replace: '',
    },
    {
      name: 'values without an upper bound are shown to sessions that must not go back',
      breaks: 'demands can be met',
      find: "return hi < Infinity || level === 'none' || level === 'read-your-writes'",
      replace: 'return true',
    },
    {
      name: 'a watermark behind the need is enough',
      breaks: 'read your writes',
      find: 'return watermark >= needOf(reader.token, reader.tags, reader.level).lsn',
      replace: 'return true',
    },
  ]),
]
