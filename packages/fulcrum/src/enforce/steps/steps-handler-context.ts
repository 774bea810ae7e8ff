import type { Principal } from '../../declare/principal.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { CallStepOptions, StepOptions } from '../../declare/steps.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Call } from '../runtime/call.ts'
import { fail } from '../runtime/handler-context.ts'
import type { Forward } from './forward.ts'
import { uuidOf } from './names.ts'
import type { RunFacts } from './run-terms.ts'

export interface StepsHandlerParts {
  readonly forward: Forward
  readonly facts: RunFacts
  readonly call: Call
}

/** What the handler of a run gets as `ctx`. Members that other handlers have say why they are not here. */
export class StepsHandlerContext {
  readonly #parts: StepsHandlerParts
  #uuids = 0

  constructor(parts: StepsHandlerParts) {
    this.#parts = parts
  }

  get step(): (
    name: string,
    work: (step: object) => unknown,
    options?: StepOptions<never>,
  ) => Promise<unknown> {
    const { forward } = this.#parts
    return (name, work, options) => forward.step(name, work, options)
  }

  get call(): (target: AnyOperation, input?: unknown, options?: CallStepOptions<never>) => Promise<unknown> {
    const { forward } = this.#parts
    return (target, input, options) => forward.call(target, input, options)
  }

  get fail(): typeof fail {
    return fail
  }

  get principal(): Principal | undefined {
    return this.#parts.facts.principal
  }

  get signal(): AbortSignal {
    return this.#parts.call.deadline.signal
  }

  get remaining(): number {
    return this.#parts.forward.remaining
  }

  get now(): () => Date {
    const { beganAt } = this.#parts.facts
    return () => new Date(beganAt)
  }

  get uuid(): () => string {
    const { run } = this.#parts.facts
    return () => {
      this.#uuids += 1
      return uuidOf(run, this.#uuids)
    }
  }

  get sql(): never {
    throw this.#missing('ctx.sql')
  }

  get db(): never {
    throw this.#missing('ctx.db')
  }

  get emit(): never {
    throw this.#missing('ctx.emit')
  }

  get enqueue(): never {
    throw this.#missing('ctx.enqueue')
  }

  get callMany(): never {
    throw this.#missing('ctx.callMany')
  }

  #missing(what: string): Error {
    const reason = 'a run holds no transaction; a command or query that it calls does that'
    return fulcrumError('FUL-3207', { what, reason }, { operation: this.#parts.call.operation })
  }
}
