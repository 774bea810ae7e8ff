import type { JobContract } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { EventDeclaration } from './event.ts'
import type { Operation } from './operation.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'

/** The signature of a job: work outside the request, enqueued rather than called. */
export type Job<Name extends string, In, Parsed, Emits extends EventDeclaration> = Operation<
  'job',
  Name,
  In,
  Parsed,
  void,
  void,
  never,
  Emits,
  never
>

export interface JobDefinition<I extends Schema, Ev extends EventDeclaration> {
  readonly input?: I
  readonly emits?: readonly Ev[]
  readonly summary?: string
  readonly contract?: JobContract
}

/** Declares a job, named `module.operation`. */
export function job<
  const Name extends string,
  I extends Schema = Schema<void, void>,
  Ev extends EventDeclaration = never,
>(name: Name, definition: JobDefinition<I, Ev>): Job<Name, InputOf<I>, OutputOf<I>, Ev> {
  return defineOperation('job', name, definition) as never
}
