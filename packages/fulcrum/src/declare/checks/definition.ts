import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { contradiction, fieldOfOtherKind, invalidValue, unknownField } from '../contract/refusals.ts'
import { member } from '../contract/rule.ts'
import { hasSteps } from '../contract/step-rules.ts'
import { isRecord } from '../contract/values.ts'
import type { AnyOperation, OperationKind } from '../operation.ts'
import { isCron, isTimeZone } from '../schedule.ts'
import { isSchema } from '../schema.ts'
import { straysOf } from '../stray-fields.ts'
import { isDeclared } from './facts.ts'

interface DefinitionField {
  readonly kinds: readonly OperationKind[]
  readonly allowed: string
  readonly holds: (value: unknown) => boolean
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isText = (value: unknown): boolean => typeof value === 'string' && /^[^\r\n]*\S[^\r\n]*$/.test(value)
const isSuccess = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 299
// What they are made of is checked where errors and events are.
const isList = (value: unknown): boolean => Array.isArray(value)

const SCHEMA = 'a schema of a library that implements Standard Schema, such as zod or valibot'
const both: readonly OperationKind[] = ['query', 'command']

function isSchedule(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { cron, timeZone, ...others } = value
  return isCron(cron) && isTimeZone(timeZone) && Object.keys(others).length === 0
}

/** What a signature may state besides its contract. */
const FIELDS = {
  input: { kinds: ['query', 'command', 'job', 'subscriber'], allowed: SCHEMA, holds: isSchema },
  output: { kinds: both, allowed: SCHEMA, holds: isSchema },
  errors: { kinds: both, allowed: 'a list of declared errors', holds: isList },
  emits: { kinds: ['command', 'job', 'subscriber'], allowed: 'a list of declared events', holds: isList },
  http: { kinds: both, allowed: "a route, such as 'GET /profiles/:userId'", holds: isText },
  status: {
    kinds: ['query', 'command', 'job', 'subscriber', 'projection'],
    allowed: 'a status of success, 200 to 299',
    holds: isSuccess,
  },
  projection: {
    kinds: ['query'],
    allowed: 'a projection',
    holds: (value) => isDeclared(value, 'projection'),
  },
  reads: { kinds: ['query'], allowed: 'a function from the input to tags', holds: isFunction },
  changes: {
    kinds: ['command', 'subscriber'],
    allowed: 'a function from the input and the output to tags',
    holds: isFunction,
  },
  schedule: {
    kinds: ['job'],
    allowed: "a cron expression of five fields, such as '0 3 * * *', or { cron, timeZone }",
    holds: isSchedule,
  },
  version: { kinds: both, allowed: 'a function from the output to its version', holds: isFunction },
  summary: {
    kinds: ['query', 'command', 'job', 'subscriber', 'projection'],
    allowed: 'one line for people',
    holds: isText,
  },
} as const satisfies Readonly<Record<string, DefinitionField>>

type FieldName = keyof typeof FIELDS

/** Its input is the data of its event. */
const OF_SUBSCRIBERS = ['name', 'emits', 'changes', 'summary']

/** Statuses whose messages have no content: RFC 9110, 15.3.5 and 15.3.6. */
const WITHOUT_CONTENT: readonly number[] = [204, 205]

/** Checks each field of a signature by itself, the contract apart. */
export function checkDefinition(operation: AnyOperation): FulcrumError[] {
  const { name, kind } = operation
  const known = namesFor(kind)
  const strays = straysOf(operation).map((field) => unknownField(name, field, [...known, 'contract']))
  const stated = (Object.keys(FIELDS) as FieldName[]).filter((field) => isStated(operation[field]))
  return [
    ...strays,
    ...stated.flatMap((field) => checkField(operation, field, known)),
    ...checkSuccess(operation),
    ...checkScheduledInput(operation),
    ...checkEmittingJob(operation),
    ...checkEmittingRun(operation),
  ]
}

function checkField(operation: AnyOperation, field: FieldName, known: readonly string[]): FulcrumError[] {
  const { kinds, allowed, holds }: DefinitionField = FIELDS[field]
  const found = operation[field]
  if (!kinds.includes(operation.kind))
    return [fieldOfOtherKind(operation, { field, owners: kinds, allowed: known })]
  return holds(found) ? [] : [invalidValue(operation.name, { path: field, found, allowed })]
}

/** An empty list is what a signature has that states none. */
function isStated(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}

function namesFor(kind: OperationKind): readonly string[] {
  if (kind === 'subscriber') return OF_SUBSCRIBERS
  return (Object.keys(FIELDS) as FieldName[]).filter((field) =>
    (FIELDS[field] as DefinitionField).kinds.includes(kind),
  )
}

function checkSuccess({ name, status, output }: AnyOperation): FulcrumError[] {
  if (output === undefined || !WITHOUT_CONTENT.includes(status)) return []
  const reason = `an answer with status ${status} has no content`
  const allowed = 'another status, or no output'
  return [contradiction(name, { field: 'status', found: status, other: 'the output', reason, allowed })]
}

/** Nobody is there to give one. */
function checkScheduledInput({ name, schedule, input }: AnyOperation): FulcrumError[] {
  if (schedule === undefined || input === undefined) return []
  const reason = 'nobody is there to give it when its time has come'
  const allowed = 'a job without input, which may enqueue others'
  return [contradiction(name, { field: 'schedule', found: schedule, other: 'an input', reason, allowed })]
}

/** Events are committed with the effects that they tell of. */
function checkEmittingJob({ kind, name, emits, contract }: AnyOperation): FulcrumError[] {
  const scope: unknown = isRecord(contract) ? member(contract['transaction'], 'scope') : undefined
  if (kind !== 'job' || emits.length === 0 || scope !== 'statement') return []
  const found = (emits as readonly { readonly name?: unknown }[]).map((event) => event?.name)
  const other = "transaction.scope 'statement'"
  const reason = 'there is no transaction to commit them with'
  return [
    contradiction(name, { field: 'emits', found, other, reason, allowed: "leaving it out, or scope 'run'" }),
  ]
}

function checkEmittingRun({ name, emits, contract }: AnyOperation): FulcrumError[] {
  if (emits.length === 0 || !hasSteps(contract)) return []
  const found = (emits as readonly { readonly name?: unknown }[]).map((event) => event?.name)
  const reason = 'a run has no transaction to commit them with'
  const allowed = 'leaving it out; a command that it calls emits them'
  return [contradiction(name, { field: 'emits', found, other: 'steps', reason, allowed })]
}
