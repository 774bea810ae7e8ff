import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { AnsweredElsewhere, ClaimedElsewhere } from '../../ports/idempotency-log.ts'
import type { Once } from '../idempotency/once.ts'
import type { RunOutcome } from '../steps/outcome.ts'
import type { StepRun } from '../steps/run.ts'
import type { Call } from './call.ts'
import type { StageFactory } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/** In `SOURCES`. */
const PRIMARY = 1

/**
 * Begins the run of a call, or joins the one that there is, and waits for what it comes to. The run does not end with the call: what has been begun elsewhere has to be
 * finished, or be undone.
 */
export const steps: StageFactory<'steps'> = (_settings, _next, parts) => {
  const { runs, operation } = parts
  if (runs === undefined) throw new Error('a plan with steps was composed without a log of them')
  const waits =
    operation.contract.idempotency !== 'none' && operation.contract.idempotency?.inFlight === 'wait'

  return async (call, input) => {
    const once = call.once as Once
    const known = runs.find(once.id)
    if (known !== undefined && known.fingerprint !== once.fingerprint)
      throw fulcrumError('FUL-2015', {}, { operation: operation.name })
    if (known !== undefined && !waits) throw new ClaimedElsewhere()
    const run = known ?? (await runs.begin(call, { once, input }))
    return answer(call, await outcomeOf(call, run))
  }
}

async function outcomeOf(call: Call, { outcome }: StepRun): Promise<RunOutcome> {
  try {
    return await untilExpiry(call.deadline, outcome)
  } catch (error) {
    if (!isFulcrumError(error, 'FUL-3001')) throw error
    throw fulcrumError('FUL-3201', { budget: error.params.budget }, { operation: call.operation })
  }
}

function answer(call: Call, outcome: RunOutcome): unknown {
  if (outcome.kind === 'failed') throw outcome.error
  if (outcome.kind === 'kept before') throw new AnsweredElsewhere()
  const { answered, position } = outcome
  call.kept = true
  call.served(PRIMARY)
  call.position = position
  if (answered.kind === 'error') throw answered.error
  call.finished = true
  call.version = answered.version
  call.changed = outcome.changed
  return answered.value
}
