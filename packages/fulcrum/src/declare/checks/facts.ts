import { DURATION_ALLOWED, parseDuration } from '../../kernel/duration.ts'
import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { contradiction, invalidValue, unknownField } from '../contract/refusals.ts'
import type { ErrorDeclaration } from '../error.ts'
import type { EventDeclaration } from '../event.ts'
import { membersOf } from '../json-shape.ts'
import type { AnyOperation } from '../operation.ts'
import { convertSchema, isSchema, jsonSchemaOf } from '../schema.ts'
import { straysOf } from '../stray-fields.ts'
import { checkFactName } from './names.ts'

/**
 * Statuses that speak about the message or the connection, so that proxies and clients act on them by themselves: a domain error that used one
 * would be retried, re-sent over another connection or shown as something else.
 */
const RESERVED_STATUSES: ReadonlyMap<number, string> = new Map([
  [405, 'the route does not have the method, and the Allow header lists those that it has'],
  [406, 'no representation fits the Accept header'],
  [407, 'a proxy wants credentials'],
  [408, 'the request did not arrive in time, and clients may repeat it by themselves'],
  [411, 'the message has no length'],
  [414, 'the address is too long'],
  [415, 'the media type of the body is not supported'],
  [417, 'the Expect header cannot be met'],
  [421, 'the connection leads to the wrong server'],
  [426, 'another protocol is needed'],
  [431, 'the headers are too large'],
  [499, 'the caller went away'],
])

/** Members that every problem document has already: RFC 9457, 3.1, and Fulcrum's own. */
const PROBLEM_MEMBERS: readonly string[] = [
  'type',
  'title',
  'status',
  'detail',
  'instance',
  'code',
  'operation',
]

/** The members of lists of declarations: JavaScript and circular imports put other things there. */
export function checkFactLists({ name, errors, emits }: AnyOperation): FulcrumError[] {
  const lists = [
    { field: 'errors', kind: 'error', list: errors as readonly unknown[] },
    { field: 'emits', kind: 'event', list: emits as readonly unknown[] },
  ]
  return lists.flatMap(({ field, kind, list }) =>
    list.flatMap((found, index) => {
      if (isDeclared(found, kind)) return []
      return [invalidValue(name, { path: `${field}[${index}]`, found, allowed: `what ${kind}(…) returned` })]
    }),
  )
}

export function isDeclared(value: unknown, kind: string): boolean {
  return typeof value === 'object' && value !== null && (value as { readonly kind?: unknown }).kind === kind
}

export function checkError(error: ErrorDeclaration): FulcrumError[] {
  const { name, title } = error
  const strays = straysOf(error).map((field) => unknownField(name, field, ['status', 'title', 'data']))
  const titled = typeof title === 'string' && title.trim() !== ''
  return [
    ...checkFactName(name),
    ...strays,
    ...checkStatus(error),
    ...(titled ? [] : [invalidValue(name, { path: 'title', found: title, allowed: 'one line for people' })]),
    ...checkErrorData(error),
  ]
}

function checkStatus({ name, status }: ErrorDeclaration): FulcrumError[] {
  if (!Number.isInteger(status) || status < 400 || status > 499) {
    const allowed =
      "400 to 499: a domain error is the caller's to handle, and a fault of the server is never declared"
    return [invalidValue(name, { path: 'status', found: status, allowed })]
  }
  const meaning = RESERVED_STATUSES.get(status)
  if (meaning === undefined) return []
  const allowed = `any other from 400 to 499, such as 409 or 422; reserved are ${[...RESERVED_STATUSES.keys()].join(', ')}`
  return [
    contradiction(name, {
      field: 'status',
      found: status,
      other: 'HTTP',
      reason: `to clients it means that ${meaning}`,
      allowed,
    }),
  ]
}

function checkErrorData({ name, data }: ErrorDeclaration): FulcrumError[] {
  if (data === undefined) return []
  if (!isSchema(data))
    return [invalidValue(name, { path: 'data', found: data, allowed: 'a Standard Schema of an object' })]
  const document = jsonSchemaOf(data, 'input')
  if (document === undefined) return []
  const members = membersOf({ schema: document, root: document })
  if (members === undefined) {
    const allowed = 'a schema of an object: its members become members of the problem document'
    return [invalidValue(name, { path: 'data', found: document['type'] ?? 'no object', allowed })]
  }
  return PROBLEM_MEMBERS.filter((member) => members.all.has(member)).map((member) => {
    const reason = 'the members of the data stand beside those of the problem document (RFC 9457)'
    const allowed = `any name but ${PROBLEM_MEMBERS.join(', ')}`
    return contradiction(name, {
      field: `data.${member}`,
      found: member,
      other: 'the problem document',
      reason,
      allowed,
    })
  })
}

export function checkEvent(event: EventDeclaration): FulcrumError[] {
  const { name, key, expires } = event
  return [
    ...checkFactName(name),
    ...straysOf(event).map((field) => unknownField(name, field, ['key', 'expires'])),
    ...checkEventData(event),
    ...(key === undefined || typeof key === 'function'
      ? []
      : [invalidValue(name, { path: 'key', found: key, allowed: 'a function from the data to a text' })]),
    ...(expires === undefined || parseDuration(expires) !== undefined
      ? []
      : [invalidValue(name, { path: 'expires', found: expires, allowed: DURATION_ALLOWED })]),
  ]
}

/** An event is kept and sent as JSON, so its data has to be something that JSON can say. Libraries that do not tell are trusted. */
function checkEventData({ name, data }: EventDeclaration): FulcrumError[] {
  if (!isSchema(data)) {
    const allowed = 'a schema of a library that implements Standard Schema, such as zod or valibot'
    return [invalidValue(name, { path: 'data', found: data, allowed })]
  }
  if (!('jsonSchema' in data['~standard'])) return []
  const conversion = convertSchema(data, 'input')
  if (conversion.document !== undefined) return []
  const allowed = `data that JSON can say, since events travel as JSON (${conversion.reason})`
  return [invalidValue(name, { path: 'data', found: 'a schema of something else', allowed })]
}
