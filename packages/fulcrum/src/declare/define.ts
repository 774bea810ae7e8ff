import { parseRoute, type HttpRoute } from './http-route.ts'
import type { Contract } from './contract/contract.ts'
import type { ErrorDeclaration } from './error.ts'
import type { EventDeclaration } from './event.ts'
import type { Operation, OperationKind } from './operation.ts'
import type { Schema } from './schema.ts'
import { ACCEPTED, isAccepted } from './contract/accepted.ts'
import { freezeTerms } from './contract/freeze-terms.ts'
import { type ScheduleDefinition, scheduleOf } from './schedule.ts'
import { withStrays } from './stray-fields.ts'

/** What `query`, `command`, `job` and `projection` have in common, untyped. */
export interface AnyDefinition {
  readonly input?: Schema | undefined
  readonly output?: Schema | undefined
  readonly errors?: readonly ErrorDeclaration[]
  readonly emits?: readonly EventDeclaration[]
  readonly http?: string
  readonly status?: number
  readonly reads?: Operation['reads']
  readonly changes?: Operation['changes']
  readonly version?: Operation['version']
  readonly schedule?: ScheduleDefinition
  readonly projection?: Operation['projection']
  readonly contract?: Contract
  readonly summary?: string
}

/** Freezes a definition into a signature. Nothing is checked here: a declaration never throws on import, what is wrong is refused at boot, all at once. */
export function defineOperation(kind: OperationKind, name: string, definition: AnyDefinition): Operation {
  const {
    input,
    output,
    errors,
    emits,
    http,
    status,
    reads,
    changes,
    version,
    schedule,
    projection,
    contract,
    summary,
    ...strays
  } = definition
  const operation: Operation = {
    kind,
    name,
    input,
    output,
    errors: Object.freeze([...(errors ?? [])]),
    emits: Object.freeze([...(emits ?? [])]),
    http,
    status: status ?? successOf(definition),
    reads,
    changes,
    version,
    ...(projection === undefined ? {} : { projection }),
    ...(schedule === undefined ? {} : { schedule: scheduleOf(schedule) }),
    contract: freezeTerms(contract ?? {}),
    summary,
  }
  return Object.freeze(withStrays(operation, strays))
}

/** Contracts are checked at boot, so anything may stand there. */
function successOf({ output, contract }: AnyDefinition): number {
  if (output !== undefined) return 200
  return isAccepted(contract) ? ACCEPTED : 204
}

/** The parsed route of an operation; `undefined` when it has none or a malformed one (boot refuses the latter). */
export function routeOf(operation: Pick<Operation, 'http'>): HttpRoute | undefined {
  return operation.http === undefined ? undefined : parseRoute(operation.http)
}
