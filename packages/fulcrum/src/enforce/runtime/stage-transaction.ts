import type { Tag } from '../../declare/tag.ts'
import type { TransactionSettings } from '../../ports/store.ts'
import { requireComparison } from './stage-precondition.ts'
import { enterOrFail } from './stage-session.ts'
import { type StageFactory, storeOf } from './stage.ts'

/** Runs a command in one transaction on the primary; COMMIT leaves the position of what was changed on the call. */
export const transaction: StageFactory<'transaction'> = ({ isolation, durability }, next, parts) => {
  const store = storeOf(parts)
  const settings: TransactionSettings = Object.freeze({ isolation, durability })
  return async (call, input) => {
    if (call.session !== undefined) await enterOrFail(call, store.freshness)
    const committed = await store.transaction(settings, call, async (tx) => {
      call.useTransaction(tx)
      call.matched = false
      call.finished = false
      call.changed = NOTHING
      try {
        const output = await next(call, input)
        requireComparison(call)
        // An output that does not match its schema must not be committed.
        const finished = call.finished ? output : await call.scope.finish(call, output)
        call.finished = true
        return finished
      } finally {
        call.useTransaction(undefined)
      }
    })
    call.position = committed.position
    call.served(1)
    return committed.value
  }
}

const NOTHING: readonly Tag[] = Object.freeze([])
