import type { HttpMethod, HttpRoute } from '../../declare/http-route.ts'
import { entityTag } from '../../enforce/runtime/entity-tag.ts'
import type { Call } from '../../enforce/runtime/call.ts'
import { isPromise } from '../../enforce/runtime/is-promise.ts'
import type { CompiledOperation } from '../../enforce/runtime/runtime.ts'
import type { Principal } from '../../declare/principal.ts'
import { requireAcceptsJson } from './accept.ts'
import { budgetOf } from './budget.ts'
import { compileInput, type InputDecoder } from './decode/input.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { readHead, type RequestHead, requireSingle } from './head.ts'
import { answerError, type GatewayParts } from './parts.ts'
import { success } from './respond.ts'
import { compileSerialise, type Serialise } from './serialise.ts'
import { parseTraceparent } from './traceparent.ts'
import type { PathParameters, WireRequest, WireResponse } from './wire.ts'

/** The route of an operation. What its declaration decides is decided in the constructor; a request only reads fields. */
export class OperationRoute implements GatewayRoute {
  readonly method: HttpMethod
  readonly path: string
  readonly operation: string
  readonly #compiled: CompiledOperation
  readonly #parts: GatewayParts
  readonly #input: InputDecoder
  readonly #serialise: Serialise
  readonly #status: number
  readonly #hasOutput: boolean

  constructor(compiled: CompiledOperation, route: HttpRoute, parts: GatewayParts) {
    const { operation } = compiled
    this.method = route.method
    this.path = route.path
    this.operation = operation.name
    this.#compiled = compiled
    this.#parts = parts
    this.#input = compileInput({ operation, route, bodyLimit: parts.bodyLimit })
    this.#serialise = compileSerialise(operation)
    this.#status = operation.status
    this.#hasOutput = operation.output !== undefined
  }

  async answer(wire: WireRequest, params: PathParameters): Promise<WireResponse> {
    const head = readHead(wire.rawHeaders)
    const id = this.#parts.ids.of(head.requestId)
    let call: Call | undefined
    try {
      requireSingle(head)
      if (this.#hasOutput) requireAcceptsJson(head.accept)
      const given = budgetOf(head)
      const since = given === undefined ? 0 : this.#parts.clock.coarse()
      const who = this.#parts.principal?.(wire)
      const principal = isPromise(who) ? await who : who
      const decoded = this.#input.decode(wire, head, params)
      const input = isPromise(decoded) ? await decoded : decoded
      call = this.#begin(head, principal, given && this.#left(given, since))
      wire.watch(call)
      const output = await this.#compiled.run(call, input)
      return this.#success(id, call, output)
    } catch (error) {
      return this.#problem(id, head, error)
    } finally {
      if (call !== undefined) wire.unwatch(call)
    }
  }

  #begin({ ifMatch }: RequestHead, principal: Principal | undefined, budget: number | undefined): Call {
    return this.#compiled.begin({ principal, budget, ifMatch, overHttp: true })
  }

  /** Resolving the principal and reading the body were on the caller's time. */
  #left(given: number, since: number): number {
    return Math.max(0, given - (this.#parts.clock.coarse() - since))
  }

  #success(id: string, call: Call, output: unknown): WireResponse {
    const { version } = call
    return success({
      requestId: id,
      status: this.#status,
      body: this.#serialise(output),
      source: call.source,
      entityTag: version === undefined ? undefined : tagOf(version),
      remaining: call.deadline.remaining(),
    })
  }

  #problem(id: string, head: RequestHead, error: unknown): WireResponse {
    const traceId = parseTraceparent(head.traceparent)?.traceId
    const origin = (path: string): ReturnType<InputDecoder['origin']> => this.#input.origin(path)
    return answerError(error, { requestId: id, operation: this.operation, traceId, origin }, this.#parts.log)
  }
}

/** A number has nothing in it that would need escaping. */
function tagOf(version: string | number): string {
  return typeof version === 'number' ? `"${version}"` : entityTag(version)
}
