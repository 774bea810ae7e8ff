import type { EnqueueOptions, EventEnvelope } from '../../declare/context.ts'
import type { Sql } from '../../declare/db.ts'
import { DomainError, type ErrorDeclaration } from '../../declare/error.ts'
import type { EventDeclaration } from '../../declare/event.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Principal } from '../../declare/principal.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { emit } from '../messaging/emit.ts'
import type { Call } from './call.ts'
import { matchesEntityTag } from './entity-tag.ts'
import { exposePrincipal } from './scoped-principal.ts'

type CallScopeMany = (
  query: AnyOperation,
  inputs: readonly unknown[],
) => ReturnType<Call['scope']['callManyNested']>

/**
 * What a handler gets as `ctx`. Members that most handlers never touch are made when they are read, since handlers take them by
 * destructuring: what is not named there costs nothing.
 */
export class HandlerContext {
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  get db(): unknown {
    const { bindDb } = this.#call.scope
    return bindDb?.(this.#call)
  }

  get sql(): Sql {
    return this.#call.scope.bindSql(this.#call)
  }

  get principal(): Principal | undefined {
    return exposePrincipal(this.#call.principal)
  }

  /** Of a batch: one for each of its inputs. */
  get principals(): readonly (Principal | undefined)[] {
    const { together = [this.#call] } = this.#call
    return together.map(({ principal }) => exposePrincipal(principal))
  }

  get signal(): AbortSignal {
    return this.#call.deadline.signal
  }

  get remaining(): number {
    return this.#call.deadline.remaining()
  }

  get fail(): typeof fail {
    return fail
  }

  get failure(): typeof failure {
    return failure
  }

  get callMany(): CallScopeMany {
    const call = this.#call
    return (query, inputs) => call.scope.callManyNested(call, query, inputs)
  }

  get call(): (operation: AnyOperation, input?: unknown) => Promise<unknown> {
    const call = this.#call
    return (operation, input) => call.scope.callNested(call, operation, input)
  }

  get enqueue(): (job: AnyOperation, input?: unknown, options?: EnqueueOptions) => Promise<string> {
    const call = this.#call
    return (job, input, options) => call.scope.enqueue(call, { job, input, options })
  }

  /** Of the job. */
  get id(): string | undefined {
    return this.#call.job?.id
  }

  get attempt(): number | undefined {
    return this.#call.job?.attempt
  }

  get now(): () => Date {
    const { clock } = this.#call.scope
    return () => new Date(clock.wall())
  }

  get uuid(): () => string {
    const { random } = this.#call.scope
    return () => random.uuid()
  }

  get matches(): (version: string | number) => void {
    const call = this.#call
    return (version) => checkIfMatch(call, version)
  }

  get event(): EventEnvelope | undefined {
    return this.#call.event
  }

  get emit(): (event: EventDeclaration, data: unknown) => void {
    const call = this.#call
    return (event, data) => emit(call, event, data)
  }
}

export function fail(declaration: ErrorDeclaration, data?: unknown): never {
  throw new DomainError(declaration, data)
}

function failure(declaration: ErrorDeclaration, data?: unknown): DomainError {
  return new DomainError(declaration, data)
}

function checkIfMatch(call: Call, version: string | number): void {
  call.matched = true
  if (call.ifMatch === undefined || matchesEntityTag(call.ifMatch, version)) return
  throw fulcrumError('FUL-2008', {}, { operation: call.operation })
}
