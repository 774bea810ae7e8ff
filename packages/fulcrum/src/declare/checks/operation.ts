import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { checkContract } from '../contract/check-terms.ts'
import { isRecord, memberPath, statedEntries } from '../contract/values.ts'
import { contradiction } from '../contract/refusals.ts'
import type { EventDeclaration } from '../event.ts'
import { hasPath, type Node } from '../json-shape.ts'
import type { AnyOperation } from '../operation.ts'
import { isSchema, jsonSchemaOf } from '../schema.ts'
import { checkAccepted } from './accepted.ts'
import { checkDefinition } from './definition.ts'
import { checkFactLists } from './facts.ts'
import { checkOperationName, moduleOf } from './names.ts'
import { checkProjection } from './projection.ts'
import { checkRoute } from './route.ts'
import { checkRows } from './rows.ts'
import { checkTagsOfReads } from './tags.ts'

/** Everything that is wrong with one signature by itself. */
export function checkOperation(operation: AnyOperation): FulcrumError[] {
  return [
    ...checkOperationName(operation.name),
    ...checkDefinition(operation),
    ...checkProjection(operation),
    ...checkFactLists(operation),
    ...checkEmits(operation),
    ...checkRoute(operation),
    ...checkOperationTerms(operation),
    ...checkAccepted(operation),
    ...checkRows(operation),
    ...checkTagsOfReads(operation),
    ...checkClassifiedPaths(operation),
  ]
}

/** The contract, with what its rules have to know of the operation. */
export function checkOperationTerms({ kind, name, contract, http }: AnyOperation): FulcrumError[] {
  return checkContract({ kind, name, contract, overHttp: http !== undefined })
}

/** An event is a fact about its module, which nobody else can know; its module is also what the envelope names as its source. */
function checkEmits({ name, emits }: AnyOperation): FulcrumError[] {
  const module = moduleOf(name)
  const foreign = (emits as readonly (EventDeclaration | undefined)[]).filter(
    (event) => typeof event?.name === 'string' && moduleOf(event.name) !== module,
  )
  return foreign.map((event) =>
    contradiction(name, {
      field: 'emits',
      found: event?.name,
      other: `module ${module}`,
      reason: 'only the module that an event is named after knows when it has happened',
      allowed: `events whose names begin with ${module}.`,
    }),
  )
}

/** A class for a path that does not exist would protect nothing. Schemas that do not say what they hold are trusted. */
function checkClassifiedPaths({ name, input, output, contract }: AnyOperation): FulcrumError[] {
  const data: unknown = isRecord(contract) ? contract['data'] : undefined
  const fields: unknown = isRecord(data) ? data['fields'] : undefined
  if (!isRecord(fields)) return []
  const sides = [sideOf(input, 'input'), sideOf(output, 'output')]
  return statedEntries(fields).flatMap(([path]) => {
    const found = sides.map((side) =>
      side === 'none' ? false : side === 'unknown' || hasPath(side, path.split('.')),
    )
    if (found.some((one) => one !== false)) return []
    const params = {
      field: memberPath('data.fields', path),
      hint: '',
      allowed: 'paths of the input and of the output',
    }
    return [fulcrumError('FUL-1001', params, { operation: name })]
  })
}

function sideOf(schema: unknown, side: 'input' | 'output'): Node | 'none' | 'unknown' {
  if (schema === undefined) return 'none'
  const document = isSchema(schema) ? jsonSchemaOf(schema, side) : undefined
  return document === undefined ? 'unknown' : { schema: document, root: document }
}
