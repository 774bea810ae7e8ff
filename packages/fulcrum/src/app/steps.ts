import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { RUN_STATES, type RunState, type ShownRun, type StepLog } from '../ports/step-log.ts'

export interface StepsConfig {
  /** `false`: it begins runs and leaves those of instances that are gone to others. */
  readonly recover?: boolean
}

/** Which runs: oldest first. */
export interface RunsPage {
  /** Default: those that are not over (`running`, `compensating`, `stuck`). */
  readonly states?: readonly RunState[]
  /** The name of a command. Default: all. */
  readonly operation?: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
}

/** A step of a run, as far as it is known. */
export interface ShownStep {
  readonly name: string
  /** `undone`: it was done, or may have been, and was undone. */
  readonly state: 'remembered' | 'undone'
}

/** What can be seen of runs of steps and done about them from outside. */
export interface StepsOfApp {
  runs(page?: RunsPage): Promise<readonly ShownRun[]>
  /** One run with its steps, in their order; `undefined` where there is none, or it was over for longer than its answer is kept. */
  run(run: string): Promise<(ShownRun & { readonly steps: readonly ShownStep[] }) | undefined>
  /** Lets a stuck run go on, in the direction in which it got stuck. `false`: it is not stuck. */
  retry(run: string): Promise<boolean>
}

const OPEN: readonly RunState[] = ['running', 'compensating', 'stuck']
const PAGE = 100
const LARGEST_PAGE = 1_000
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** `App.steps` on a log. */
export function stepsOf(log: StepLog, wake: () => void): StepsOfApp {
  return {
    runs: async ({ states = OPEN, operation, limit = PAGE } = {}) =>
      log.runs({ states: states.map(checkState), operation, limit: checkLimit(limit) }),
    run: async (run) => {
      const found = UUID.test(run) ? await log.run(run) : undefined
      if (found === undefined) return undefined
      const memos = await log.memos(run)
      const undone = new Set(memos.filter(({ part }) => part === 'undo').map(({ name }) => name))
      const steps = memos.filter(({ part }) => part === 'step')
      return {
        ...found,
        steps: steps.map(({ name }) => ({ name, state: undone.has(name) ? 'undone' : 'remembered' })),
      }
    },
    retry: async (run) => {
      const isRetried = UUID.test(run) && (await log.retry(run))
      if (isRetried) wake()
      return isRetried
    },
  }
}

function checkState(state: RunState): RunState {
  if (RUN_STATES.includes(state)) return state
  throw fulcrumError('FUL-1002', { field: 'page.states', found: show(state), allowed: RUN_STATES.join(', ') })
}

function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return limit
  const allowed = `a whole number from 1 to ${LARGEST_PAGE}`
  throw fulcrumError('FUL-1002', { field: 'page.limit', found: show(limit), allowed })
}
