import { tagKey } from '../../consistency/tag-key.ts'
import { wrote } from '../../consistency/token.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { StorePosition } from '../../ports/store.ts'
import type { Call } from './call.ts'
import { positionSince } from './position-since.ts'
import { type StageFactory, storeOf } from './stage.ts'
import { advance, enter } from './stage-session.ts'

/** How long a position is asked for after a COMMIT whose outcome is bad or unknown. */
const POSITION_MS = 1_000

/**
 * After COMMIT: the session is told what it has written, and cached answers with the changed tags are dropped, here and, as far as the news travels,
 * everywhere. No promise depends on the news: who may be served is decided by labels.
 *
 * Then what is written through is filled anew, before the command answers.
 *
 * A COMMIT that was not replicated, or whose outcome is unknown, may have changed the data: it is told of like any other, at the position that the
 * primary has afterwards. Where that cannot be learned, what is cached here is dropped, and no more.
 */
export const invalidate: StageFactory<'invalidate'> = ({ after }, next, parts) => {
  const { caches, clock } = parts
  return async (call, input) => {
    try {
      const output = await next(call, input)
      if (after === 'run') tellElsewhere(call)
      // Without a position nothing was changed.
      else if (call.position !== undefined) tell(call, call.position)
      else return output
      await parts.refills.fill(call)
      return output
    } catch (error) {
      if (after === 'commit' && mayHaveChanged(error)) await tellLater(call)
      throw error
    }
  }

  function tell(call: Call, position: StorePosition): void {
    const { epoch, lsn } = position
    const id = caches.id()
    caches.changed(epoch, tagsOf(call), { min: lsn, writeId: id })
    for (const each of call.together ?? [call]) tellSession(each, { ...position, id })
  }

  /** Each session is told of what was written by its own call, also where several were carried out together. */
  function tellSession(call: Call, written: Written): void {
    const { session } = call
    if (session === undefined) return
    const { epoch } = written
    if (enter(session, storeOf(parts).freshness) === 'reset') call.probe.noted('session reset')
    advance(session, session.token, { epoch, of: (token) => wrote(token, tagsOf(call), written) })
  }

  /** What it changed is not in the store, so no position tells old from new; only whether an answer was read by somebody who had been told of it. */
  function tellElsewhere(call: Call): void {
    caches.changed(caches.epoch, tagsOf(call), { min: 0, writeId: caches.id() })
  }

  async function tellLater(call: Call): Promise<void> {
    caches.suspect(tagsOf(call))
    const store = storeOf(parts)
    const asked = clock.now()
    using deadline = Deadline.after(clock, POSITION_MS)
    await store.freshness.refresh(deadline)
    const position = positionSince(store, asked)
    if (position !== undefined) tell(call, position)
  }
}

interface Written extends StorePosition {
  /** What it is called in the labels of what was read on behalf of the session. */
  readonly id: number
}

function tagsOf({ changed }: Call): readonly number[] {
  return [...new Set(changed.map(({ id }) => tagKey(id)))]
}

/** Committed but not replicated, or perhaps committed. */
function mayHaveChanged(error: unknown): boolean {
  return isFulcrumError(error, 'FUL-3016') || isFulcrumError(error, 'FUL-3006')
}
