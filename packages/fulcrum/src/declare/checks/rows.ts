import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Conflict, contradiction, invalidValue } from '../contract/refusals.ts'
import { member } from '../contract/rule.ts'
import { hasSteps } from '../contract/step-rules.ts'
import { parseRoute } from '../http-route.ts'
import { importReport, rowSchemaOf } from '../ndjson.ts'
import type { AnyOperation } from '../operation.ts'
import { isSchema } from '../schema.ts'

const OTHER = 'an input of ndjson(…)'

/** What a command that imports may state, and what else may not have such an input. */
export function checkRows(operation: AnyOperation): FulcrumError[] {
  const { name, kind, input, output } = operation
  const row = rowSchemaOf(input)
  if (row === undefined) {
    if (output !== importReport) return []
    const allowed = 'with an input of ndjson(…), which it reports of'
    return [invalidValue(name, { path: 'output', found: 'importReport', allowed })]
  }
  if (kind !== 'command')
    return [invalidValue(name, { path: 'input', found: 'ndjson(…)', allowed: 'ndjson(…) of commands only' })]
  if (!isSchema(row))
    return [
      invalidValue(name, { path: 'input', found: row, allowed: 'ndjson(schema), with the schema of a row' }),
    ]
  return conflictsOf(operation).map((conflict) => contradiction(name, conflict))
}

function conflictsOf(operation: AnyOperation): Conflict[] {
  return [
    ofOutput(operation),
    ofVersion(operation),
    ofKey(operation),
    ofRoute(operation),
    ...ofContract(operation),
  ].filter((conflict) => conflict !== undefined)
}

function ofOutput({ output }: AnyOperation): Conflict | undefined {
  if (output === importReport) return undefined
  const reason = 'what it answers is how many rows were applied, and which were not'
  const found = output === undefined ? 'none' : 'another schema'
  return { field: 'output', found, other: OTHER, reason, allowed: 'importReport' }
}

function ofVersion({ version }: AnyOperation): Conflict | undefined {
  if (version === undefined) return undefined
  return {
    field: 'version',
    found: 'a function',
    other: OTHER,
    reason: 'a report has none',
    allowed: 'leaving it out',
  }
}

/** The rows themselves cannot say it: they are read one by one. */
function ofKey({ contract }: AnyOperation): Conflict | undefined {
  const found = member(member(contract, 'idempotency'), 'key')
  if (found === 'header') return undefined
  const reason = 'the key is what an import that was cut off is found again by'
  return { field: 'idempotency', found, other: OTHER, reason, allowed: "{ key: 'header' }" }
}

function ofRoute({ http }: AnyOperation): Conflict | undefined {
  const route = typeof http === 'string' ? parseRoute(http) : undefined
  if (route === undefined || (route.parameters.length === 0 && route.method !== 'DELETE')) return undefined
  const reason = 'the body is all of the input'
  return {
    field: 'http',
    found: http,
    other: OTHER,
    reason,
    allowed: 'POST, PUT or PATCH of a path without parameters',
  }
}

function ofContract({ contract }: AnyOperation): Conflict[] {
  const reason = 'an import is a transaction for each of its batches'
  const refused = [
    { field: 'steps', found: hasSteps(contract) ? contract.steps : undefined },
    { field: 'throughput', found: contract.throughput },
    { field: 'transaction.ifMatch', found: contract.transaction?.ifMatch },
    { field: 'idempotency.inFlight', found: member(contract.idempotency, 'inFlight') },
  ]
  return refused.flatMap(({ field, found }) =>
    found === undefined || found === false
      ? []
      : [{ field, found, other: OTHER, reason, allowed: 'leaving it out' }],
  )
}
