import type { Call } from '../../enforce/runtime/call.ts'
import { entityTag } from '../../enforce/runtime/entity-tag.ts'
import type { CompiledOperation } from '../../enforce/runtime/runtime.ts'
import type { HttpRoute } from '../../declare/http-route.ts'
import { answeringPlan, stageOf } from '../../plan/plan.ts'
import type { ConsultedFacts } from './caching/consulted.ts'
import { keepingOf } from './caching/keeping.ts'
import { type CachePolicy, cachePolicy } from './caching/policy.ts'
import { bodyTag, hasCurrent } from './caching/validators.ts'
import type { RequestHead } from './head.ts'
import { type Answer, notModified, success } from './respond.ts'
import { compileSerialise, type Serialise } from './serialise.ts'
import type { Visit, Visits } from './session/visits.ts'
import type { WireResponse } from './wire.ts'

/** What an answer depends on besides the output. */
export interface Exchange {
  readonly requestId: string
  readonly head: RequestHead
  readonly call: Call
  readonly visit: Visit | undefined
  readonly consulted: ConsultedFacts | undefined
}

const NO_HEADERS: readonly string[] = []

/** Makes the answers of one operation. What its declaration decides is decided in the constructor. */
export class Answers {
  readonly policy: CachePolicy
  readonly #visits: Visits | undefined
  readonly #serialise: Serialise
  readonly #status: number
  /** The operation has to do with sessions, so that its callers get their tokens back whatever happened. */
  readonly #carries: boolean
  /** Answers without a version have a tag all the same. */
  readonly #tagsBodies: boolean
  readonly #isConditional: boolean

  constructor({ operation, plan }: CompiledOperation, { method }: HttpRoute, visits: Visits | undefined) {
    const answered = answeringPlan(plan)
    this.policy = cachePolicy(operation, answered, method)
    this.#visits = visits
    this.#serialise = compileSerialise(operation)
    this.#status = operation.status
    this.#carries =
      stageOf(answered, 'session') !== undefined || stageOf(answered, 'invalidate') !== undefined
    this.#tagsBodies = stageOf(answered, 'fill') !== undefined
    this.#isConditional = method === 'GET'
  }

  success(exchange: Exchange, output: unknown): WireResponse {
    const { requestId, head, call, visit, consulted } = exchange
    const body = this.#serialise(output)
    const session = this.#handBack(visit, this.#carries)
    const selection = { session: this.#visits?.vary ?? NO_HEADERS, handsBack: session.length > 0, consulted }
    const { cacheControl, vary } = keepingOf(this.policy, call, selection)
    const tag = this.#tagOf(call, body)
    const status = this.#status
    const answer: Answer = { requestId, status, body, call, entityTag: tag, cacheControl, vary, session }
    const isKnown = this.#isConditional && tag !== undefined && hasCurrent(head.ifNoneMatch, tag)
    return isKnown ? notModified(answer) : success(answer)
  }

  /** With the session, where the call has changed it before it failed: what was committed is committed. */
  problem(response: WireResponse, visit: Visit | undefined): WireResponse {
    const session = this.#handBack(visit, false)
    return session.length === 0 ? response : { ...response, headers: [...response.headers, ...session] }
  }

  #handBack(visit: Visit | undefined, always: boolean): readonly string[] {
    if (visit === undefined || this.#visits === undefined) return NO_HEADERS
    return this.#visits.end(visit, always)
  }

  #tagOf({ version }: Call, body: string | undefined): string | undefined {
    if (typeof version === 'number') return `"${version}"`
    if (version !== undefined) return entityTag(version)
    return this.#tagsBodies && body !== undefined ? bodyTag(body) : undefined
  }
}
