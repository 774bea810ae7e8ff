import type { ReadLabel } from '../../consistency/label.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Tag } from '../../declare/tag.ts'
import type { Finding } from './entry-audit.ts'
import type { Subject } from './subject.ts'

const FOUND = {
  violated: 'lacks what its contract promises',
  undeclared: 'lacks a change of its tags that nobody has declared',
}

const CAUSES =
  'Look for a command that changes this data without naming the tag in `changes`, for a table that `rows` of its module leaves out, and for writes from outside'

/** A line for people: the operation, its tags without their arguments, which may be personal, and both labels. */
export function reportOf(operation: AnyOperation, subject: Subject, { outcome, primary }: Finding): string {
  const found = FOUND[outcome === 'violated' ? 'violated' : 'undeclared']
  const served = subject.entry === undefined ? 'a replica' : 'a cache'
  const label = subject.entry?.label
  return [
    `Audit: an answer of ${operation.name} from ${served} ${found}.`,
    `Tags: ${tagsOf(operation, subject)}.`,
    `Served: ${label === undefined ? 'no label' : describe(label)}; the primary: ${primary?.read === undefined ? 'no label' : describe(primary.read)}.`,
    `${CAUSES}.`,
  ].join(' ')
}

/** The names of tags, each with its key, which tells entries apart and does not tell what it names. */
function tagsOf({ reads }: AnyOperation, { input, tags }: Subject): string {
  const named = reads === undefined ? [] : reads(input as never)
  const all = named.map(({ name }: Tag, index) => `${name}#${(tags[index] ?? 0).toString(36)}`)
  return all.length === 0 ? 'none' : all.join(', ')
}

function describe({ epoch, source, lo, hi, ...more }: ReadLabel & { readonly fill?: number }): string {
  const until = hi === Infinity ? '' : `, nothing beyond ${hi}`
  const fill = more.fill === undefined ? '' : `, fill ${more.fill.toString(36)}`
  return `read from a ${source} with log position ${lo}${until} on ${epoch}${fill}`
}
