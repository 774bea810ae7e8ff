import type { HttpMethod, HttpRoute } from '../../declare/http-route.ts'
import type { Call } from '../../enforce/runtime/call.ts'
import { isPromise } from '../../enforce/runtime/is-promise.ts'
import type { CompiledOperation } from '../../enforce/runtime/runtime.ts'
import type { Principal } from '../../declare/principal.ts'
import { answeringPlan, stageOf } from '../../plan/plan.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { requireAcceptsJson } from './accept.ts'
import { Answers } from './answers.ts'
import { budgetOf } from './budget.ts'
import { ConsultedFacts } from './caching/consulted.ts'
import { compileInput, type InputDecoder } from './decode/input.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { afterRest } from './rest-of-body.ts'
import { readHead, type RequestHead, requireSingle } from './head.ts'
import { answerError, type GatewayParts } from './parts.ts'
import { replayed } from './respond.ts'
import type { Visit } from './session/visits.ts'
import { parseTraceparent, validTraceparent } from '../../kernel/traceparent.ts'
import type { PathParameters, WireRequest, WireResponse } from './wire.ts'

/** The route of an operation. What its declaration decides is decided in the constructor; a request only reads fields. */
export class OperationRoute implements GatewayRoute {
  readonly method: HttpMethod
  readonly path: string
  readonly operation: string
  readonly #compiled: CompiledOperation
  readonly #parts: GatewayParts
  readonly #input: InputDecoder
  readonly #answers: Answers
  readonly #hasOutput: boolean
  readonly #isCommand: boolean
  readonly #takesKey: boolean
  readonly #takesRows: boolean
  /** Caches have to know what answers are selected by. */
  readonly #byPrincipal: boolean

  constructor(compiled: CompiledOperation, route: HttpRoute, parts: GatewayParts) {
    const { operation } = compiled
    this.method = route.method
    this.path = route.path
    this.operation = operation.name
    this.#compiled = compiled
    this.#parts = parts
    this.#input = compileInput({ operation, route, bodyLimit: parts.bodyLimit })
    this.#answers = new Answers(compiled, route, parts.visits)
    this.#hasOutput = operation.output !== undefined
    this.#isCommand = operation.kind === 'command'
    this.#takesKey = stageOf(answeringPlan(compiled.plan), 'idempotency')?.key === 'header'
    this.#takesRows = stageOf(compiled.plan, 'import') !== undefined
    const { policy } = this.#answers
    this.#byPrincipal = policy.keep !== 'never' && policy.byPrincipal
  }

  async answer(wire: WireRequest, params: PathParameters): Promise<WireResponse> {
    const head = readHead(wire.rawHeaders)
    const id = this.#parts.ids.of(head.requestId)
    let call: Call | undefined
    let visit: Visit | undefined
    try {
      this.#requireSound(head)
      visit = this.#parts.visits?.begin(head)
      const given = budgetOf(head)
      const since = given === undefined ? 0 : this.#parts.clock.coarse()
      const consulted = this.#byPrincipal ? new ConsultedFacts(wire) : undefined
      const who = this.#parts.principal?.(consulted ?? wire)
      const principal = isPromise(who) ? await who : who
      const decoded = this.#input.decode(wire, head, params)
      const input = isPromise(decoded) ? await decoded : decoded
      call = this.#begin(head, { principal, visit, budget: given && this.#left(given, since) })
      wire.watch(call)
      const output = await this.#compiled.run(call, input)
      return this.#answers.success({ requestId: id, head, call, visit, consulted }, output)
    } catch (error) {
      const failed = this.#failed(error, { id, head, visit, isReplayed: call?.replayed === true })
      return this.#takesRows ? await afterRest(wire, failed) : failed
    } finally {
      if (call !== undefined) wire.unwatch(call)
    }
  }

  #requireSound(head: RequestHead): void {
    requireSingle(head)
    if (this.#hasOutput) requireAcceptsJson(head.accept)
    if (head.ifNoneMatch !== undefined && this.#isCommand) throw ifNoneMatchIgnored()
  }

  #begin(head: RequestHead, { principal, visit, budget }: Terms): Call {
    const { ifMatch } = head
    const idempotencyKey = this.#takesKey ? idempotencyKeyOf(head) : undefined
    const session = visit?.session
    const traceparent = this.#isCommand ? validTraceparent(head.traceparent) : undefined
    const terms = { principal, budget, ifMatch, idempotencyKey, session, traceparent }
    return this.#compiled.begin({ ...terms, overHttp: true })
  }

  /** Resolving the principal and reading the body were on the caller's time. */
  #left(given: number, since: number): number {
    return Math.max(0, given - (this.#parts.clock.coarse() - since))
  }

  /** A session that cannot be written stays behind, and is told of: the answer must not depend on it. */
  #failed(error: unknown, { id, head, visit, isReplayed }: Failed): WireResponse {
    const problem = this.#problem(id, head, error)
    const response = isReplayed ? replayed(problem) : problem
    try {
      return this.#answers.problem(response, visit)
    } catch (unwritable) {
      return this.#problem(id, head, unwritable)
    }
  }

  #problem(id: string, head: RequestHead, error: unknown): WireResponse {
    const traceId = parseTraceparent(head.traceparent)?.traceId
    const origin = (path: string): ReturnType<InputDecoder['origin']> => this.#input.origin(path)
    return answerError(error, { requestId: id, operation: this.operation, traceId, origin }, this.#parts.log)
  }
}

interface Failed {
  readonly id: string
  readonly head: RequestHead
  readonly visit: Visit | undefined
  /** The error is the answer of an earlier call. */
  readonly isReplayed: boolean
}

interface Terms {
  readonly principal: Principal | undefined
  readonly visit: Visit | undefined
  readonly budget: number | undefined
}

/** A caller that wants to make what is not there yet would overwrite what is (RFC 9110, 13.1.2). */
function ifNoneMatchIgnored(): Error {
  const reason = 'this operation does not check If-None-Match, and ignoring it could overwrite what is there'
  return fulcrumError('FUL-2007', { part: 'If-None-Match header', reason })
}
