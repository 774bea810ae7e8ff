/* oxlint-disable typescript/no-explicit-any -- signatures of any types: `any` is assignable both ways, where `unknown` would need variance that inputs do not have */
import type { Contract } from './contract/contract.ts'
import type { ErrorDeclaration } from './error.ts'
import type { EventDeclaration } from './event.ts'
import type { Schedule } from './schedule.ts'
import type { Schema } from './schema.ts'
import type { Tag } from './tag.ts'

export const OPERATION_KINDS = ['query', 'command', 'job', 'subscriber', 'projection'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

/**
 * The signature of an operation: what it takes, answers, may fail with, touches and promises. Frozen data without server code, so that other
 * modules and browsers can import it; the handler is bound to it in its module.
 *
 * The type is flat on purpose: hovers and compiler errors show plain types.
 *
 * @typeParam In what callers pass. @typeParam Parsed what the handler gets. @typeParam Returned what the handler returns.
 * @typeParam Out what callers get.
 */
export interface Operation<
  Kind extends OperationKind = OperationKind,
  Name extends string = string,
  In = unknown,
  Parsed = unknown,
  Returned = unknown,
  Out = unknown,
  Err extends ErrorDeclaration = ErrorDeclaration,
  Emits extends EventDeclaration = EventDeclaration,
  Joins extends string = string,
> {
  readonly kind: Kind
  /** `module.operation`. */
  readonly name: Name
  readonly input: Schema<In, Parsed> | undefined
  readonly output: Schema<Returned, Out> | undefined
  readonly errors: readonly Err[]
  readonly emits: readonly Emits[]
  /** As declared, e.g. `'GET /profiles/:userId'`; `undefined` when it is not reachable over HTTP. */
  readonly http: string | undefined
  /** Status of success over HTTP. Default 200, or 204 where there is no output. */
  readonly status: number
  readonly reads: ((input: never) => readonly Tag[]) | undefined
  readonly changes: ((input: never, output: never) => readonly Tag[]) | undefined
  /** The entity tag of an answer (`ETag`, RFC 9110, 8.8.3), from its version. */
  readonly version: ((output: never) => string | number) | undefined
  readonly contract: Readonly<Contract>
  /** Of a query: the projection that it reads. */
  readonly projection?: { readonly kind: 'projection'; readonly name: string } | undefined
  /** When a job is run by itself; `undefined` for all others. */
  readonly schedule?: Schedule | undefined
  /** One line for people: OpenAPI, `explain`. */
  readonly summary: string | undefined
  /** Names of the commands that it may call inside its transaction; a type-level mark, see `transaction.joins`. */
  readonly joins?: Joins
}

/** Any signature. Method-free and covariant enough that every declared operation is assignable to it. */
export type AnyOperation = Operation<OperationKind, string, any, any, any, any, any, any, any>
export type QuerySignature = Operation<'query', string, any, any, any, any, any, any, any>
export type CommandSignature = Operation<'command', string, any, any, any, any, any, any, any>
export type JobSignature = Operation<'job', string, any, any, any, any, any, any, any>
