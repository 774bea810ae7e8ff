import { DEVIATIONS, type Deviation } from './model/deviations.ts'
import type { Edit } from './rules-folder.ts'

/** A rule broken on purpose, in the compiled files of the package. */
export interface RuleMutation {
  readonly name: string
  readonly edits: readonly Edit[]
}

function mutation(name: string, file: string, [find, replace]: readonly [string, string]): RuleMutation {
  return { name, edits: [{ file: `consistency/${file}.js`, find, replace }] }
}

/**
 * Each has to be found out by the model; a rule without one that is found out is not tested. That is so for what a replica shows before its primary does
 * (`settled`, `rx`): the seeds lead there too rarely, and it is tested beside the code and on real servers.
 */
export const RULE_MUTATIONS: readonly RuleMutation[] = [
  mutation('a primary is trusted at the very position', 'label', [
    'lo >= lsn : lo > lsn',
    'lo >= lsn : lo >= lsn',
  ]),
  mutation('any write that is named speaks for the session', 'servable', [
    'label.sees.includes(touched.writeId)',
    'label.sees.length > 0',
  ]),
  mutation('any value speaks for the one that was seen', 'servable', [
    'label.fill === touched.fill',
    'label.fill !== 0',
  ]),
  mutation('a forgotten write is not demanded', 'need', [
    "return Math.max(token.floor, greatest(token, tags, 'wrote'))",
    "return greatest(token, tags, 'wrote')",
  ]),
  mutation('a forgotten sight is not demanded', 'need', [
    "return Math.max(token.sawFloor, greatest(token, tags, 'saw'))",
    "return greatest(token, tags, 'saw')",
  ]),
  mutation('causality forgets the last write', 'need', [
    'let lsn = Math.max(w, floor, sawFloor);',
    'let lsn = sawFloor;',
  ]),
  mutation('of two tokens one is kept', 'token', [
    'const tags = new Map(a.tags);',
    'if (a.tags.size > 0) return a;\n    const tags = new Map(a.tags);',
  ]),
  mutation('a merged token keeps the fill of the greater bound', 'token', [
    'if (a.fill === b.fill)',
    'if (a.fill !== b.fill) return a.saw > b.saw ? a.fill : b.fill;\n    if (a.fill === b.fill)',
  ]),
  mutation('changes are compared by their commit record', 'watermark', [
    'return label.snapshot !== undefined && sees(label.snapshot, change.xid)',
    'return label.lo > change.lsn',
  ]),
  mutation('a token is not clamped to what came along', 'carry-over', [
    'const clamped = clamp(token, epoch, fork ?? 0)',
    'const clamped = clamp(token, epoch, Infinity)',
  ]),
]

/** Steps that the seeds do not lead into trouble yet, however wrongly they are carried out. */
const NOT_FOUND_OUT: readonly Deviation[] = [
  'the epoch is checked before the data only',
  'a direct read is not checked for what a replica has shown',
  'a replica is trusted for a position that it had before it was restarted',
  'of two tombstones at one position the later id is kept',
  'the watermark is read after the drain',
  'positions of an old epoch are kept',
]

/** Steps carried out wrongly that have to be found out. */
export const STEP_MUTATIONS: readonly Deviation[] = DEVIATIONS.filter((name) => !NOT_FOUND_OUT.includes(name))
