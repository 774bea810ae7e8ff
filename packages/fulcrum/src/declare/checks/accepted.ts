import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { ACCEPTED, isAccepted } from '../contract/accepted.ts'
import { type Conflict, contradiction } from '../contract/refusals.ts'
import type { AnyOperation } from '../operation.ts'

const OTHER = "throughput.acknowledge 'accepted'"

/** What a command cannot say to a caller whom it answers before it is carried out. */
export function checkAccepted(operation: AnyOperation): FulcrumError[] {
  const { name, kind, contract } = operation
  if (kind !== 'command' || !isAccepted(contract)) return []
  return [...withOutput(operation), ...withErrors(operation), ...withStatus(operation)].map((conflict) =>
    contradiction(name, conflict),
  )
}

function withOutput({ output }: AnyOperation): Conflict[] {
  if (output === undefined) return []
  const reason = 'the caller is answered before there is an output'
  return [
    {
      field: 'output',
      found: 'a schema',
      other: OTHER,
      reason,
      allowed: "leaving it out, or acknowledge 'durable'",
    },
  ]
}

function withErrors({ errors }: AnyOperation): Conflict[] {
  const declared = errors as readonly ({ readonly name?: unknown } | undefined)[]
  if (declared.length === 0) return []
  const found = declared.map((error) => error?.name)
  const reason = 'the caller is answered before any of them is known'
  return [
    { field: 'errors', found, other: OTHER, reason, allowed: "leaving it out, or acknowledge 'durable'" },
  ]
}

function withStatus({ status, output }: AnyOperation): Conflict[] {
  if (status === ACCEPTED || output !== undefined) return []
  const reason = 'any other status says that it was carried out'
  return [{ field: 'status', found: status, other: OTHER, reason, allowed: '202, or leaving it out' }]
}
