import { isAccepted } from '../declare/contract/accepted.ts'
import { contradiction } from '../declare/contract/refusals.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { FulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { freshnessOf } from './freshness.ts'
import { touchedTags } from './touched-tags.ts'

/**
 * Commands that answer before they are carried out, and change what some query promises to show from then on. Such a change has no position yet that
 * the query could be held to, so a caller who was answered would miss it where that is promised: its own in a session, any in a strong read.
 */
export function acceptedReaders(operations: readonly AnyOperation[]): FulcrumError[] {
  const accepted = operations.filter(({ contract, changes }) => isAccepted(contract) && changes !== undefined)
  if (accepted.length === 0) return []
  const readers = operations.filter(
    (operation) => operation.reads !== undefined && promises(operation) !== undefined,
  )
  return accepted.flatMap((command) => readers.flatMap((query) => refuse(command, query)))
}

function refuse(command: AnyOperation, query: AnyOperation): FulcrumError[] {
  const [changed, read] = [tagNames(command), tagNames(query)]
  const shared = changed?.filter((name) => read?.includes(name) ?? true)
  if (shared?.length === 0) return []
  const conflict = {
    field: 'throughput.acknowledge',
    found: 'accepted',
    other: `${query.name}, which is ${promises(query)} and reads ${read === undefined ? 'what its function says' : named(shared ?? read)}`,
    reason:
      'a change that was answered before it is committed has no position yet, so whoever was answered could miss it there',
    allowed: `acknowledge 'durable', or a query that is 'eventual' or bounded by staleness alone`,
  }
  return [contradiction(command.name, conflict)]
}

/** What a query promises to show; `undefined` where a change that was just made may be missing. */
function promises({ contract, kind }: AnyOperation): string | undefined {
  if (kind !== 'query') return undefined
  const { isStrong, session } = freshnessOf(contract)
  if (isStrong) return 'strong'
  return session === 'none' ? undefined : `of session level ${session}`
}

/** `undefined` where they cannot be found out without an input. */
function tagNames(operation: AnyOperation): readonly string[] | undefined {
  return touchedTags(operation)?.tags?.map((tag) => tag.replace(/\(.*$/s, ''))
}

function named(tags: readonly string[]): string {
  return [...new Set(tags)].join(', ')
}
