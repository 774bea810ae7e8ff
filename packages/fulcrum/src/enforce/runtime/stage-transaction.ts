import type { TransactionRunner, TransactionSettings } from '../../ports/store.ts'
import type { Call } from './call.ts'
import { requireComparison } from './stage-precondition.ts'
import { enterOrFail } from './stage-session.ts'
import { type StageFactory, storeOf } from './stage.ts'

/** Runs a command in one transaction on the primary; COMMIT leaves the position of what was changed on the call. */
export const transaction: StageFactory<'transaction'> = ({ isolation, durability }, next, parts) => {
  const store = storeOf(parts)
  const { outgoing, enqueuer } = parts
  const settings: TransactionSettings = Object.freeze({ isolation, durability })
  return run

  async function run(call: Call, input: unknown): Promise<unknown> {
    if (call.session !== undefined) await enterOrFail(call, store.freshness)
    const committed = await store.transaction(settings, call, async (tx) => {
      call.useTransaction(tx)
      call.matched = false
      call.finished = false
      call.changed = NOTHING
      call.emitted = undefined
      call.queued = undefined
      try {
        const output = await next(call, input)
        requireComparison(call)
        // An output that does not match its schema must not be committed.
        const finished = call.finished ? output : await call.scope.finish(call, output)
        call.finished = true
        if (call.note !== undefined) call.note(tx, call, finished)
        if (call.emitted !== undefined || call.queued !== undefined) await write(tx, call)
        return finished
      } finally {
        call.useTransaction(undefined)
      }
    })
    call.position = committed.position
    if (call.queued !== undefined) enqueuer?.committed()
    if (call.emitted !== undefined) outgoing?.committed()
    call.served(1)
    return committed.value
  }

  /** What is emitted from now on would come too late, and is refused. */
  async function write(tx: TransactionRunner, call: Call): Promise<void> {
    call.useTransaction(undefined)
    if (call.emitted !== undefined) await outgoing?.write(tx, call.emitted)
    if (call.queued !== undefined) await enqueuer?.write(tx, call.queued)
  }
}

const NOTHING: readonly never[] = Object.freeze([])
