import { Runs } from '../enforce/steps/runs.ts'
import { Sweeper } from '../enforce/sweeper.ts'
import type { Disposer } from '../kernel/disposal.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { stageOf } from '../plan/plan.ts'
import { ownFacts } from '../ports/own-work.ts'
import type { StepLog } from '../ports/step-log.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import type { AppConfig } from './config.ts'
import { type StepsOfApp, stepsOf } from './steps.ts'
import type { HeldStore } from './store-option.ts'

const FORGOTTEN_AT_ONCE = 1_000

export interface ApplicationStepsParts extends AppParts {
  readonly config: AppConfig
  readonly booted: Booted
}

/** The runs of steps of an application: made → opened with the store → started with the runtime. Without commands that have steps nothing is opened. */
export class ApplicationSteps {
  readonly #parts: ApplicationStepsParts
  #log: StepLog | undefined
  #runs: Runs | undefined

  constructor(parts: ApplicationStepsParts) {
    this.#parts = parts
  }

  /** For the runtime; `undefined` where no command is a run of steps. */
  get runs(): Runs | undefined {
    return this.#runs
  }

  get view(): StepsOfApp {
    const log = this.#log
    if (log !== undefined) return stepsOf(log, () => this.#runs?.wake())
    const reason = 'the application has not started, or has no command with steps'
    throw fulcrumError('FUL-3012', { part: 'app.steps', reason })
  }

  /** To be closed by the disposer. */
  open(held: HeldStore | undefined, disposer: Disposer): void {
    const { booted, config, clock, random, log: report } = this.#parts
    const isNeeded = booted.operations.some(({ plan }) => stageOf(plan, 'steps') !== undefined)
    if (held?.stepLog === undefined || !isNeeded) return
    const log = held.stepLog()
    disposer.use('log of steps', () => log.close())
    const { store, idempotencyLog } = held
    const recover = config.steps?.recover ?? true
    const runs = new Runs({ store, log, idempotencyLog, clock, random, report, recover })
    disposer.use('runs of steps', () => runs.close())
    this.#log = log
    this.#runs = runs
  }

  start(disposer: Disposer): void {
    const log = this.#log
    if (log === undefined) return
    const sweeper = new Sweeper({
      ...this.#parts,
      what: 'runs of steps that nobody needs any more',
      batch: async (deadline) =>
        (await log.forget(ownFacts('fulcrum.steps', deadline), FORGOTTEN_AT_ONCE)) === FORGOTTEN_AT_ONCE,
    })
    disposer.use('retention of runs', () => sweeper.stop())
    sweeper.start()
    this.#runs?.start()
  }
}
