import { rowSchemaOf } from '../../declare/ndjson.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import { AnsweredElsewhere, ClaimedElsewhere } from '../../ports/idempotency-log.ts'
import { CallsHere } from '../idempotency/calls-here.ts'
import { compileOnce } from '../idempotency/once.ts'
import type { Call } from './call.ts'
import { EarlierAnswers, replay } from './earlier-answers.ts'
import type { StageFactory } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

const PAUSE = { first: 5, longest: 100 }

/**
 * Around the transaction: makes a call the same as those that it repeats (Jena and Dalal, "The Idempotency-Key HTTP Header Field", IETF draft).
 *
 * new → answered, with effects (kept inside the transaction) or with a declared error (kept here, since it has none). In flight, here or on another
 * instance → refused, or waits, as declared. Answered before → replayed, or refused where the input is another one. What fails otherwise has had no
 * effect and is not kept, so a repetition runs anew.
 */
export const idempotency: StageFactory<'idempotency'> = ({ inFlight, ttl }, next, parts) => {
  const { operation, clock, random } = parts
  // An import knows by itself how far it is.
  if (rowSchemaOf(operation.input) !== undefined) return next
  const onceOf = compileOnce(operation)
  const earlier = new EarlierAnswers(parts, ttl)
  const here = new CallsHere()

  return async (call, input) => {
    // A step of a run is remembered as such.
    if (call.note !== undefined) return next(call, input)
    const once = onceOf(call, input)
    call.once = once
    for (let turn = 0; ; turn += 1) {
      const other = here.other(once.id)
      if (other !== undefined) {
        await elsewhere(call, other)
        continue
      }
      using _mine = here.enter(once.id)
      try {
        const answered = await untilExpiry(call.deadline, earlier.find(call, once))
        return answered === undefined ? await next(call, input) : replay(call, answered)
      } catch (error) {
        if (error instanceof ClaimedElsewhere) await pause(call, turn)
        else if (error instanceof AnsweredElsewhere) continue
        else if (call.replayed || call.kept || (await earlier.keepError(call, once, error))) throw error
      }
    }
  }

  /** Without a connection: those who wait must not be in the way of the one they wait for. */
  async function pause(call: Call, turn: number): Promise<void> {
    const ms = growingPause(turn, PAUSE, random)
    if (ms >= call.deadline.remaining()) throw busy()
    await elsewhere(call, clock.sleep(ms))
  }

  async function elsewhere(call: Call, end: Promise<void>): Promise<void> {
    if (inFlight === 'reject') throw busy()
    await untilExpiry(call.deadline, end)
  }

  function busy(): Error {
    return fulcrumError('FUL-2016', {}, { operation: operation.name })
  }
}
