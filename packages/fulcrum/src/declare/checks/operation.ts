import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { checkContract } from '../contract/check-terms.ts'
import { isEnforcedKind } from '../contract/field.ts'
import { isRecord, memberPath, statedEntries } from '../contract/values.ts'
import { notYetEnforced } from '../contract/refusals.ts'
import type { EventDeclaration } from '../event.ts'
import { hasPath, type Node } from '../json-shape.ts'
import type { AnyOperation } from '../operation.ts'
import { isSchema, jsonSchemaOf } from '../schema.ts'
import { checkDefinition } from './definition.ts'
import { checkFactLists } from './facts.ts'
import { checkOperationName } from './names.ts'
import { checkRoute } from './route.ts'
import { checkTagsOfReads } from './tags.ts'

/** Everything that is wrong with one signature by itself. */
export function checkOperation(operation: AnyOperation): FulcrumError[] {
  return [
    ...checkOperationName(operation.name),
    ...checkKind(operation),
    ...checkDefinition(operation),
    ...checkFactLists(operation),
    ...checkRoute(operation),
    ...checkOperationTerms(operation),
    ...checkTagsOfReads(operation),
    ...checkClassifiedPaths(operation),
  ]
}

/** The contract, with what its rules have to know of the operation. */
export function checkOperationTerms({ kind, name, contract, http }: AnyOperation): FulcrumError[] {
  return checkContract({ kind, name, contract, overHttp: http !== undefined })
}

function checkKind({ kind, name, emits }: AnyOperation): FulcrumError[] {
  const kinds = isEnforcedKind(kind)
    ? []
    : [notYetEnforced(name, { path: 'kind', found: kind, allowed: 'query, command' })]
  if (emits.length === 0 || kind === 'query') return kinds
  const found = (emits as readonly (EventDeclaration | undefined)[]).map((event) => event?.name)
  return [...kinds, notYetEnforced(name, { path: 'emits', found, allowed: 'leaving it out' })]
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
