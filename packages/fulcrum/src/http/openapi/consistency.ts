import type { HttpMethod } from '../../declare/http-route.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { ErrorCode } from '../../kernel/errors/table.ts'
import { type Plan, type StalenessBounds, stageOf } from '../../plan/plan.ts'
import { type CachePolicy, cachePolicy } from '../gateway/caching/policy.ts'
import type { JsonSchemaNode } from './json-schema.ts'

/** What an operation's consistency and caches mean for its requests and answers. */
export interface ConsistencyFacts {
  /** Names of request headers, of `CONSISTENCY_PARAMETERS`. */
  readonly parameters: readonly string[]
  /** Names of headers of its success. */
  readonly headers: readonly string[]
  /** It answers 304 to callers that have the answer already. */
  readonly isConditional: boolean
  readonly errors: readonly ErrorCode[]
}

interface HeaderDescription {
  readonly description: string
  readonly schema: JsonSchemaNode
}

const text: JsonSchemaNode = { type: 'string' }
const seconds: JsonSchemaNode = { type: 'integer', minimum: 0 }

/** Request headers, by name. */
export const CONSISTENCY_PARAMETERS: Readonly<Record<string, HeaderDescription>> = {
  'Fulcrum-Token': {
    description:
      'What the session has to see: the token that came with its last answer, unchanged; those of several answers separated by commas. Without one its history is unknown, and the primary answers.',
    schema: text,
  },
  'If-None-Match': {
    description:
      'The `ETag` of an answer that the caller has: it is answered with 304 while that is current (RFC 9110, 13.1.2).',
    schema: text,
  },
}

/** Headers of answers, by name. */
export const CONSISTENCY_HEADERS: Readonly<Record<string, HeaderDescription>> = {
  'Fulcrum-Token': {
    description:
      'The session after this answer, to be sent with its next request. Opaque, and belongs to one user.',
    schema: text,
  },
  'Fulcrum-Session': {
    description:
      '`reset`: something that the session had written or seen was lost in a failover, or its token was signed with a key that has retired.',
    schema: { type: 'string', enum: ['reset'] },
  },
  'Fulcrum-Stale': {
    description: 'By how many seconds the answer is past its declared bound. Absent while it is within.',
    schema: { type: 'integer', minimum: 1 },
  },
  'Fulcrum-Degraded': {
    description: '`stale`: an older answer stands in for one that could not be had.',
    schema: { type: 'string', enum: ['stale', 'fallback'] },
  },
  Age: {
    description: 'Seconds since the answer was read from the database, rounded up (RFC 9111, 5.1).',
    schema: seconds,
  },
  'Cache-Control': {
    description: 'Who may keep the answer, and for how long (RFC 9111, 5.2; RFC 5861).',
    schema: text,
  },
  Vary: {
    description: 'The request headers that the answer depends on (RFC 9110, 12.5.5).',
    schema: text,
  },
}

export interface ConsistencyInput {
  readonly operation: AnyOperation
  readonly plan: Plan
  readonly method: HttpMethod
  /** The application gives out session tokens. */
  readonly hasSessions: boolean
}

export function consistencyOf(input: ConsistencyInput): ConsistencyFacts {
  const { operation, plan, method, hasSessions } = input
  const isCached = stageOf(plan, 'fill') !== undefined
  const isOfSession = hasSessions && carriesSession(plan)
  const isConditional = method === 'GET' && (isCached || operation.version !== undefined)
  const policy = cachePolicy(operation, plan, method)
  const cases: readonly (readonly [string, boolean])[] = [
    ['Fulcrum-Token', isOfSession],
    ['Fulcrum-Session', isOfSession],
    ['Fulcrum-Stale', mayExceedBound(plan)],
    ['Fulcrum-Degraded', mayExceedBound(plan) || hasStandIn(plan)],
    ['Age', isCached],
    ['Cache-Control', policy.keep !== 'never'],
    ['Vary', varies(policy)],
  ]
  const requests: readonly (readonly [string, boolean])[] = [
    ['Fulcrum-Token', isOfSession],
    ['If-None-Match', isConditional],
  ]
  return {
    parameters: namesOf(requests),
    headers: namesOf(cases),
    isConditional,
    errors: [
      ...(isOfSession ? (['FUL-2013'] as const) : []),
      ...(mayLack(plan) ? (['FUL-3015'] as const) : []),
    ],
  }
}

/** Its answers hand the session back: it looks at what that has to see, or changes something. */
function carriesSession(plan: Plan): boolean {
  return stageOf(plan, 'session') !== undefined || stageOf(plan, 'invalidate') !== undefined
}

function boundsOf(plan: Plan): StalenessBounds | undefined {
  return stageOf(plan, 'route')?.bounds ?? stageOf(plan, 'single-flight')?.bounds
}

function mayExceedBound(plan: Plan): boolean {
  const { staleness = Infinity, inPartition = Infinity } = boundsOf(plan) ?? {}
  return staleness < Infinity && inPartition > staleness
}

function hasStandIn(plan: Plan): boolean {
  const { grace = 0, softTimeout = Infinity } = stageOf(plan, 'single-flight') ?? {}
  return grace > 0 || softTimeout < Infinity
}

/** Nothing in reach may be known to have what it has to show. Strong reads have the primary, or nothing. */
function mayLack(plan: Plan): boolean {
  const route = stageOf(plan, 'route')
  if (route === undefined) return false
  return route.level !== 'none' || (route.target === 'replica' && route.bounds.staleness < Infinity)
}

function varies(policy: CachePolicy): boolean {
  return policy.keep === 'to revalidate' || (policy.keep === 'for a time' && policy.byPrincipal)
}

function namesOf(cases: readonly (readonly [string, boolean])[]): readonly string[] {
  return cases.flatMap(([name, applies]) => (applies ? [name] : []))
}
