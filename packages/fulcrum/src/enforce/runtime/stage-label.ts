import { tagKeysOf } from '../cache/operation-cache.ts'
import type { Call } from './call.ts'
import type { StageFactory } from './stage.ts'

/**
 * Labels what a query has read itself, for sessions that have to see nothing older from then on. Where the contract caches, the fill stage does
 * this, and the label stays with the entry.
 */
export const label: StageFactory<'label'> = (_settings, next, { operation, caches }) => {
  const tagsOf = tagKeysOf(operation)
  return async (call, input) => {
    try {
      return await next(call, input)
    } finally {
      note(call, input)
    }
  }

  function note(call: Call, input: unknown): void {
    if (call.read === undefined) return
    call.seen = { label: { ...call.read, fill: caches.id(), sees: [] }, tags: tagsOf(input) }
  }
}
