import { tagKey } from '../../consistency/tag-key.ts'
import { NEW_TOKEN, type Write, wrote } from '../../consistency/token.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Tag } from '../../declare/tag.ts'
import type { Call } from './call.ts'
import type { Run, StageFactory } from './stage.ts'
import { enter } from './stage-session.ts'

/**
 * After COMMIT: the session is told what it has written, and cached answers with the changed tags are dropped, here and, as far as the news travels,
 * everywhere. No promise depends on the news: who may be served is decided by labels.
 */
export const invalidate: StageFactory<'invalidate'> = (_settings, next, { operation, caches, store }) => {
  const tagsOf = changedTags(operation)
  return async (call, input) => {
    const output = await next(call, input)
    const tags = [...new Set([...tagsOf(input, output), ...call.changed])]
    const { position } = call
    if (position !== undefined)
      tell(call, tags, { epoch: position.epoch, lsn: position.lsn, id: caches.id() })
    // What it changed is not in the store, so there is no position to tell old from new by.
    else if (store === undefined) for (const tag of tags) caches.local.dropTag(tag, () => false)
    return output
  }

  function tell(call: Call, tags: readonly number[], write: Write): void {
    caches.changed(write.epoch, tags, { min: write.lsn, writeId: write.id })
    const { session } = call
    if (session === undefined || store === undefined) return
    enter(session, store.freshness)
    const sent = session.token
    session.advance(sent, wrote(sent ?? { ...NEW_TOKEN, epoch: write.epoch }, tags, write))
  }
}

/** Runs a command inside its caller's transaction, and notes what it changes for the end of that. */
export function notingChanges(operation: AnyOperation, run: Run): Run {
  if (operation.changes === undefined) return run
  const tagsOf = changedTags(operation)
  return async (call, input) => {
    const output = await call.scope.finish(call, await run(call, input))
    call.finished = true
    call.changed = [...call.changed, ...tagsOf(input, output)]
    return output
  }
}

function changedTags({ changes }: AnyOperation): (input: unknown, output: unknown) => readonly number[] {
  if (changes === undefined) return () => []
  return (input, output) => changes(input as never, output as never).map(({ id }: Tag) => tagKey(id))
}
