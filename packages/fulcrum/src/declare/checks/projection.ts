import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Conflict, contradiction, invalidValue } from '../contract/refusals.ts'
import type { EventDeclaration } from '../event.ts'
import type { Binding, Module } from '../module.ts'
import type { AnyOperation } from '../operation.ts'
import { isProjection, type Projection } from '../projection.ts'
import { isRecord } from '../contract/values.ts'
import { isDeclared } from './facts.ts'
import { moduleOf } from './names.ts'

/** PostgreSQL cuts names at 63 bytes; one that is built anew has a longer one meanwhile. */
const LONGEST_SCHEMA = 58

/** What is wrong with the signature of a projection. */
export function checkProjection(operation: AnyOperation): FulcrumError[] {
  if (!isProjection(operation)) return []
  const { name, schema } = operation
  const from: unknown = operation.from
  const isList = Array.isArray(from) && from.length > 0 && from.every((event) => isDeclared(event, 'event'))
  const errors = isList
    ? []
    : [invalidValue(name, { path: 'from', found: from, allowed: 'a list of declared events' })]
  if (schema.length <= LONGEST_SCHEMA) return errors
  const allowed = `a name that makes a schema of at most ${LONGEST_SCHEMA} characters`
  return [...errors, invalidValue(name, { path: 'name', found: schema, allowed })]
}

/** Its tables are in a schema by itself. */
export function checkProjectionSchemas(
  modules: readonly Module[],
  operations: readonly AnyOperation[],
): FulcrumError[] {
  const names = new Set(modules.map(({ name }) => name))
  return operations
    .filter(isProjection)
    .flatMap(({ name, schema }) =>
      names.has(schema)
        ? [invalidValue(name, { path: 'name', found: schema, allowed: 'a schema that is no module' })]
        : [],
    )
}

/** What is wrong with what is bound to it. */
export function checkProjectionBinding({ name }: Module, binding: Binding): FulcrumError[] {
  const target = binding.target as Projection
  const allowed = 'on(projection, { tables, apply, seed? }), with a function for each of its events'
  const reason = problemOf(binding, target)
  if (reason === undefined) return []
  const params = { module: name, found: target.name, reason, allowed }
  return [fulcrumError('FUL-1007', params, { operation: target.name })]
}

function problemOf({ handler, model, applies = [] }: Binding, { from }: Projection): string | undefined {
  if (handler === undefined) return 'its apply is no object'
  if (!isSource(model?.tables)) return 'its tables are no migrations: a folder, or a list'
  if (!(model?.seed === undefined || typeof model.seed === 'function')) return 'its seed is no function'
  const events: unknown = from
  if (!Array.isArray(events)) return undefined
  const names = (events as readonly (EventDeclaration | undefined)[]).map((event) => event?.name)
  const missing = names.filter((event) => event !== undefined && !applies.includes(event))
  if (missing.length > 0) return `it does not say what ${missing.join(', ')} does`
  const foreign = applies.filter((event) => !names.includes(event))
  return foreign.length > 0 ? `it is not kept from ${foreign.join(', ')}` : undefined
}

function isSource(tables: unknown): boolean {
  return typeof tables === 'string' || tables instanceof URL || Array.isArray(tables)
}

/** What a query may promise of a projection, and which one it may read. */
export function checkReadProjection(
  operation: AnyOperation,
  operations: readonly AnyOperation[],
): FulcrumError[] {
  const { projection, name } = operation
  if (projection === undefined || !isDeclared(projection, 'projection')) return []
  const own = operations.filter(isProjection).map((each) => each.name)
  const isOwn = moduleOf(projection.name) === moduleOf(name) && own.includes(projection.name)
  const allowed = 'a projection that the module of the query has a handler for'
  const errors = isOwn ? [] : [invalidValue(name, { path: 'projection', found: projection.name, allowed })]
  return [...errors, ...conflictsOf(operation).map((conflict) => contradiction(name, conflict))]
}

function conflictsOf({ projection, contract }: AnyOperation): Conflict[] {
  const other = `the projection ${projection?.name}`
  const { cache } = contract
  const consistency = isRecord(contract.consistency) ? contract.consistency : {}
  const { session = 'none', staleness = 'any' } = consistency
  const conflicts: (Conflict & { readonly holds: boolean })[] = [
    {
      holds: cache === undefined,
      field: 'cache',
      found: cache,
      other,
      reason: 'a projection changes later than what its events tell of, so nobody would end what is cached',
      allowed: 'leaving it out: what is made for its reads needs no cache',
    },
    {
      holds: session === 'none' || session === 'read-your-writes',
      field: 'consistency.session',
      found: session,
      other,
      reason: 'what was seen of a projection is not known as a position',
      allowed: "'read-your-writes', 'none', or consistency: 'strong'",
    },
    {
      holds: staleness === 'any',
      field: 'consistency.staleness',
      found: staleness,
      other,
      reason: 'the age of a projection is not that of its node',
      allowed: "'any'",
    },
  ]
  return conflicts.filter(({ holds }) => !holds)
}
