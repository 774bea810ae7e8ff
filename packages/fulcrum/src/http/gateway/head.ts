import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** The request headers that the gateway acts on. */
export class RequestHead {
  accept: string | undefined = undefined
  origin: string | undefined = undefined
  contentType: string | undefined = undefined
  contentLength: string | undefined = undefined
  contentEncoding: string | undefined = undefined
  transferEncoding: string | undefined = undefined
  ifMatch: string | undefined = undefined
  ifNoneMatch: string | undefined = undefined
  idempotencyKey: string | undefined = undefined
  token: string | undefined = undefined
  cookie: string | undefined = undefined
  requestId: string | undefined = undefined
  traceparent: string | undefined = undefined
  deadline: string | undefined = undefined
  requestTimeout: string | undefined = undefined
  grpcTimeout: string | undefined = undefined
  /** The name of a header that was given more than once and must not be. */
  repeated: string | undefined = undefined
}

type Key = Exclude<keyof RequestHead, 'repeated'>

interface Field {
  readonly name: string
  readonly key: Key
  /**
   * What a repetition means: the values form one list (RFC 9110, 5.2), or one of cookies (RFC 9113, 8.2.3), the header is void, or the request is
   * malformed.
   */
  readonly repeated: 'list' | 'cookies' | 'void' | 'refused'
}

const FIELDS: readonly Field[] = [
  { name: 'accept', key: 'accept', repeated: 'list' },
  { name: 'origin', key: 'origin', repeated: 'void' },
  { name: 'content-type', key: 'contentType', repeated: 'refused' },
  { name: 'content-length', key: 'contentLength', repeated: 'refused' },
  { name: 'content-encoding', key: 'contentEncoding', repeated: 'list' },
  { name: 'transfer-encoding', key: 'transferEncoding', repeated: 'list' },
  { name: 'if-match', key: 'ifMatch', repeated: 'list' },
  { name: 'if-none-match', key: 'ifNoneMatch', repeated: 'list' },
  { name: 'idempotency-key', key: 'idempotencyKey', repeated: 'refused' },
  { name: 'fulcrum-token', key: 'token', repeated: 'list' },
  { name: 'cookie', key: 'cookie', repeated: 'cookies' },
  { name: 'x-request-id', key: 'requestId', repeated: 'void' },
  { name: 'traceparent', key: 'traceparent', repeated: 'void' },
  { name: 'fulcrum-deadline', key: 'deadline', repeated: 'refused' },
  { name: 'x-request-timeout', key: 'requestTimeout', repeated: 'refused' },
  { name: 'grpc-timeout', key: 'grpcTimeout', repeated: 'refused' },
]

const LONGEST = Math.max(...FIELDS.map(({ name }) => name.length))

// Most headers are of no interest; their length alone says so, without hashing or lower-casing them.
const BY_LENGTH: readonly (readonly Field[] | undefined)[] = Array.from(
  { length: LONGEST + 1 },
  (_, length) => {
    const fields = FIELDS.filter(({ name }) => name.length === length)
    return fields.length === 0 ? undefined : fields
  },
)

const NOTHING: RequestHead = Object.freeze(new RequestHead())

/** Finds the headers that the gateway acts on in a flat list of names and values. A void header is empty. */
export function readHead(rawHeaders: readonly string[]): RequestHead {
  let head: RequestHead | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const candidates = BY_LENGTH[name.length]
    const field = candidates === undefined ? undefined : fieldOf(candidates, name)
    if (field === undefined) continue
    head ??= new RequestHead()
    note(head, field, rawHeaders[index + 1] as string)
  }
  return head ?? NOTHING
}

function fieldOf(candidates: readonly Field[], name: string): Field | undefined {
  for (const field of candidates) if (field.name === name) return field
  const lower = name.toLowerCase()
  for (const field of candidates) if (field.name === lower) return field
  return undefined
}

function note(head: RequestHead, field: Field, value: string): void {
  const before = head[field.key]
  if (before === undefined) head[field.key] = value
  else if (field.repeated === 'list') head[field.key] = `${before}, ${value}`
  else if (field.repeated === 'cookies') head[field.key] = `${before}; ${value}`
  else if (field.repeated === 'void') head[field.key] = ''
  else head.repeated = field.name
}

/** Refuses a request whose headers contradict each other. */
export function requireSingle({ repeated }: RequestHead): void {
  if (repeated !== undefined) throw malformedHeader(repeated, 'it is given more than once')
}

/** A request header that cannot be read. */
export function malformedHeader(name: string, reason: string): Error {
  return fulcrumError('FUL-2007', { part: `header ${name}`, reason })
}
