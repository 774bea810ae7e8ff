import type { Projection, ProjectionForm } from '../../declare/projection.ts'
import { ownFacts } from '../../ports/own-work.ts'
import { bindSql } from '../../ports/sql.ts'
import type { Store, TransactionSettings } from '../../ports/store.ts'
import type { Subscriptions } from '../../ports/subscriptions.ts'

export interface NewProjectionParts {
  readonly store: Store
  readonly subscriptions: Subscriptions
  readonly log: (line: string) => void
}

/** A projection with what fills its tables at first. */
export interface SeededProjection {
  readonly projection: Projection
  readonly seed: ProjectionForm<never>['seed']
}

/** What is read has to be of the moment from which on events come. */
const ONE_SNAPSHOT: TransactionSettings = { isolation: 'repeatable read', durability: 'local' }

/**
 * Makes the subscriptions of projections that are new, and fills their tables where they say how, each in one transaction: its snapshot is where the
 * subscription begins, so an event is either in what the seed has read, or comes after it.
 *
 * @throws FUL-4051 where there is no seed, and the first events are gone.
 */
export async function beginProjections(
  projections: readonly SeededProjection[],
  parts: NewProjectionParts,
): Promise<void> {
  const names = projections.map(({ projection }) => projection.name)
  if (names.length === 0) return
  const existing = await parts.subscriptions.existing(ownFacts('fulcrum.events'), names)
  for (const each of projections) if (!existing.includes(each.projection.name)) await begin(each, parts)
}

async function begin(each: SeededProjection, parts: NewProjectionParts): Promise<void> {
  try {
    if (await beginOnce(each, parts)) parts.log(`the projection ${each.projection.name} begins`)
  } catch (error) {
    // Another instance has made it meanwhile.
    if (!parts.store.isSerializationFailure(error)) throw error
    await begin(each, parts)
  }
}

async function beginOnce(
  { projection: { name, schema, from }, seed }: SeededProjection,
  { store, subscriptions }: NewProjectionParts,
): Promise<boolean> {
  const wanted = { name, schema, types: from.map((event) => event.name), isSeeded: seed !== undefined }
  const { value } = await store.transaction(ONE_SNAPSHOT, ownFacts('fulcrum.events'), async (tx) => {
    const isNew = await subscriptions.begin(tx, wanted)
    if (isNew) await seed?.({ sql: bindSql(tx) })
    return isNew
  })
  return value
}
