import type { HttpRoute } from '../../declare/http-route.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { inputPlace } from '../openapi/input-place.ts'

/** An input as a request carries it. */
export interface EncodedInput {
  /** Path and query string. */
  readonly target: string
  /** JSON; where the input is rows, one on each line. */
  readonly body: string | undefined
}

export type Encode = (input: unknown) => EncodedInput

interface Encoded {
  readonly name: string
  readonly route: HttpRoute
  /** The input is rows. */
  readonly hasRows?: boolean
}

/** Compiles how the input of one operation becomes a request: members that the path names go there, the rest to the query string or the body. */
export function compileEncode({ name, route, hasRows = false }: Encoded): Encode {
  if (hasRows) return (input) => ({ target: route.path, body: linesOf(input, name) })
  const segments = route.path.split('/')
  const inPath = new Set(route.parameters)
  const place = inputPlace(route.method)
  return (input) => {
    const members = membersOf(input, inPath.size > 0 || place === 'query', name)
    const path = segments.map((segment) => pathSegment(segment, members, name)).join('/')
    if (place === 'query') return { target: `${path}${queryString(members, inPath, name)}`, body: undefined }
    return { target: path, body: bodyOf(inPath.size === 0 ? input : rest(members, inPath), name) }
  }
}

type Members = Readonly<Record<string, unknown>>

function membersOf(input: unknown, needed: boolean, operation: string): Members {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Members
  if (!needed || input === undefined) return {}
  throw notSendable(
    { field: 'it', found: input, allowed: 'an object, whose members travel by name' },
    operation,
  )
}

/** Undefined when there is nothing to say, so that a request without a body stays one. */
function rest(members: Members, inPath: ReadonlySet<string>): Members | undefined {
  const others = Object.entries(members).filter(([name, value]) => !inPath.has(name) && value !== undefined)
  return others.length === 0 ? undefined : Object.fromEntries(others)
}

const IN_PATH = 'a text that is neither empty nor . nor .., a number or a boolean'
const IN_QUERY = 'a text, a number, a boolean, or a list of them that is not empty'

/** Dots are refused because URLs resolve them as steps, even when they are percent-encoded (WHATWG URL, 4.4). */
function pathSegment(segment: string, members: Members, operation: string): string {
  if (!segment.startsWith(':')) return segment
  const field = segment.slice(1)
  const found = Object.hasOwn(members, field) ? members[field] : undefined
  const encoded = encodedText(found)
  if (encoded === undefined || encoded === '' || encoded === '.' || encoded === '..') {
    throw notSendable({ field, found, allowed: IN_PATH }, operation)
  }
  return encoded
}

function queryString(members: Members, inPath: ReadonlySet<string>, operation: string): string {
  const pairs = Object.entries(members).flatMap(([name, value]) => {
    if (inPath.has(name) || value === undefined) return []
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (values.length === 0) throw notSendable({ field: name, found: value, allowed: IN_QUERY }, operation)
    return values.map((each) => {
      const encoded = encodedText(each)
      if (encoded === undefined)
        throw notSendable({ field: name, found: value, allowed: IN_QUERY }, operation)
      return `${encodeURIComponent(name)}=${encoded}`
    })
  })
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** Percent-encoded; `undefined` for what is no text: objects, null, NaN, half of a surrogate pair. */
function encodedText(value: unknown): string | undefined {
  const text = textOf(value)
  return text?.isWellFormed() === true ? encodeURIComponent(text) : undefined
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || !('toJSON' in value)) return undefined
  return typeof value.toJSON === 'function' ? textOf((value.toJSON as () => unknown)()) : undefined
}

/** Integers that a double may have rounded are sent with an exponent: the server takes plain digits for exact. */
function numberText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** @throws FUL-7501 for what is not at hand as a whole: a request that may be repeated is not sent from a stream. */
function linesOf(rows: unknown, operation: string): string {
  if (typeof rows !== 'object' || rows === null || !(Symbol.iterator in rows))
    throw notSendable({ field: 'it', found: rows, allowed: 'rows as a list, or another iterable' }, operation)
  return Array.from(rows as Iterable<unknown>, (row) => `${bodyOf(row, operation) ?? 'null'}\n`).join('')
}

function bodyOf(value: unknown, operation: string): string | undefined {
  if (value === undefined) return undefined
  try {
    return JSON.stringify(value, refuseSilentNull)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw notSendable(
      { field: 'it', found: value, allowed: `what JSON can say (${reason})` },
      operation,
      error,
    )
  }
}

/** JSON would say null for them. */
function refuseSilentNull(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`"${key}" is ${value}`)
  return value
}

interface Refused {
  readonly field: string
  readonly found: unknown
  readonly allowed: string
}

function notSendable({ field, found, allowed }: Refused, operation: string, cause?: unknown): Error {
  return fulcrumError('FUL-7501', { field, found: show(found), allowed }, { operation, cause })
}
