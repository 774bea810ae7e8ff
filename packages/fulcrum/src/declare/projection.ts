import type { ProjectionContract } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { EventDeclaration } from './event.ts'
import type { Operation } from './operation.ts'

/** The signature of a projection: a read model kept from events. */
export type Projection<Name extends string, From extends EventDeclaration> = Operation<
  'projection',
  Name,
  From,
  From,
  void,
  void,
  never,
  never,
  never
> & { readonly from: readonly From[] }

export interface ProjectionDefinition<From extends EventDeclaration> {
  /** The events it is kept from. */
  readonly from: readonly From[]
  readonly summary?: string
  readonly contract?: ProjectionContract
}

/** Declares a projection, named `module.readModel`. */
export function projection<const Name extends string, From extends EventDeclaration>(
  name: Name,
  definition: ProjectionDefinition<From>,
): Projection<Name, From> {
  const { from, ...rest } = definition
  const signature = defineOperation('projection', name, rest)
  return Object.freeze({ ...signature, from: Object.freeze([...from]) }) as never
}
