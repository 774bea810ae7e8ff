import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Call } from './call.ts'
import { type StageFactory, storeOf } from './stage.ts'

const FIRST_PAUSE_MS = 2
const LONGEST_PAUSE_MS = 100
const MOST_ATTEMPTS = 50

/**
 * Runs a transaction again after a serialization failure or a deadlock, as PostgreSQL's manual asks applications to (13.5), until it
 * commits or the deadline is near. Pauses grow exponentially with full jitter (Brooker, "Exponential Backoff and Jitter", 2015), so that the
 * transactions that collided do not meet again.
 */
export const retry: StageFactory<'retry'> = (_settings, next, parts) => {
  const store = storeOf(parts)
  const { clock, random } = parts
  return async (call, input) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(call, input)
      } catch (error) {
        if (!store.isSerializationFailure(error)) throw error
        const pause = pauseBefore(attempt, random.next())
        if (attempt === MOST_ATTEMPTS || pause >= call.deadline.remaining())
          throw exhausted(call, attempt, error)
        call.probe.retried('serialization failure')
        await clock.sleep(pause)
      }
    }
  }
}

function pauseBefore(attempt: number, draw: number): number {
  return draw * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
}

function exhausted(call: Call, attempts: number, cause: unknown): Error {
  return fulcrumError('FUL-3004', { attempts }, { operation: call.operation, cause })
}
