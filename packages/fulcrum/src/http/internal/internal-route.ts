import { CallSession } from '../../enforce/session/call-session.ts'
import { readTokens, requireGenuine, textOf } from '../../enforce/session/session-texts.ts'
import type { TokenSigner } from '../../enforce/session/token-signer.ts'
import type { Call } from '../../enforce/runtime/call.ts'
import type { CompiledOperation, Runtime } from '../../enforce/runtime/runtime.ts'
import type { Clock } from '../../kernel/clock.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { stageOf } from '../../plan/plan.ts'
import type { RemoteOutcome } from '../../ports/remote.ts'
import type { Abortable } from '../gateway/wire.ts'
import { BINARY, type CallBody, type Codec, packOutcome, unpackCall } from './codec.ts'
import { CALL_PATH, type InternalHeaders, keyOfHeader } from './headers.ts'
import { outcomeOfError, outcomeOfValue } from './outcome-of.ts'
import { signatureProblem } from './signature.ts'

/** A request of another process, whichever server brought it. */
export interface InternalRequest {
  readonly method: string
  readonly path: string
  readonly headers: InternalHeaders
  /** Reads the body; rejects where it is too large. */
  body(): Promise<Uint8Array>
  /** Ends the call when the caller goes away before `unwatch`. */
  watch(call: Abortable): void
  unwatch(call: Abortable): void
}

export interface InternalResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** A call that has failed with a status from 500 on. */
export interface InternalFailure {
  readonly error: unknown
  readonly status: number
  readonly operation: string
}

export interface InternalRouteParts {
  readonly runtime: Runtime
  readonly clock: Clock
  /** Any of them may have signed. */
  readonly keys: readonly string[]
  /** `undefined` in an application without sessions. */
  readonly signer: TokenSigner | undefined
  readonly failed: (failure: InternalFailure) => void
  /** Default: MessagePack. */
  readonly codec?: Codec
}

/** Answers calls of other processes: of every query and command of this one, with a route or without. What is not signed reaches no operation. */
export class InternalRoute {
  readonly #parts: InternalRouteParts
  readonly #codec: Codec
  readonly #operations: ReadonlyMap<string, CompiledOperation>

  constructor(parts: InternalRouteParts) {
    this.#parts = parts
    this.#codec = parts.codec ?? BINARY
    this.#operations = new Map(
      parts.runtime.operations.filter(isAnsweredHere).map((each) => [each.operation.name, each]),
    )
  }

  /** Never rejects. */
  async answer(request: InternalRequest): Promise<InternalResponse> {
    const name = request.path.slice(CALL_PATH.length)
    try {
      const { input, principal } = await this.#trusted(request, name)
      const compiled = this.#operations.get(name)
      if (compiled === undefined) throw fulcrumError('FUL-3010', { found: name, hint: '' })
      return await this.#run(compiled, request, { input, principal })
    } catch (error) {
      return this.#failure(error, name)
    }
  }

  /** @throws FUL-3304 for what no process that is trusted has sent as it came. */
  async #trusted(request: InternalRequest, operation: string): Promise<CallBody> {
    const { method, path, headers } = request
    if (method !== 'POST' || !path.startsWith(CALL_PATH)) throw refused('only calls are answered here')
    const signature = headers['fulcrum-signature']
    // Before anything is read of somebody who cannot be trusted anyway.
    if (signature === undefined) throw refused('it has no signature')
    const bytes = await request.body()
    const { keys, clock } = this.#parts
    const signed = { operation, headers, body: bytes }
    const problem = signatureProblem(signature, signed, { keys, now: clock.wall() })
    if (problem !== undefined) throw refused(problem)
    const call =
      headers['content-type'] === this.#codec.mediaType ? unpackCall(bytes, this.#codec) : undefined
    if (call === undefined) throw refused(`its body is not ${this.#codec.mediaType}`)
    return call
  }

  async #run(
    compiled: CompiledOperation,
    request: InternalRequest,
    { input, principal }: CallBody,
  ): Promise<InternalResponse> {
    const { headers } = request
    const session = this.#sessionOf(headers['fulcrum-token'])
    const call = compiled.begin({
      principal,
      session,
      budget: parseDuration(headers['fulcrum-deadline']),
      ifMatch: headers['if-match'],
      idempotencyKey: keyOfHeader(headers['idempotency-key']),
      traceparent: headers.traceparent,
    })
    request.watch(call)
    try {
      const outcome = await this.#outcome(compiled, call, input)
      return this.#respond(200, outcome, session)
    } catch (error) {
      return this.#failure(error, compiled.operation.name, { session, replayed: call.replayed })
    } finally {
      request.unwatch(call)
    }
  }

  async #outcome(compiled: CompiledOperation, call: Call, input: unknown): Promise<RemoteOutcome> {
    return outcomeOfValue(call, await compiled.run(call, input))
  }

  #sessionOf(token: string | undefined): CallSession | undefined {
    const { signer } = this.#parts
    if (signer === undefined) return undefined
    const read = readTokens(signer, token === undefined ? [] : [token])
    requireGenuine(read, 'the header Fulcrum-Token')
    return new CallSession(read.tokens, read.wasReset)
  }

  #failure(
    error: unknown,
    operation: string,
    {
      session,
      replayed = false,
    }: { readonly session?: CallSession | undefined; readonly replayed?: boolean } = {},
  ): InternalResponse {
    const { outcome, status } = outcomeOfError(error, replayed)
    if (status >= 500) this.#parts.failed({ error, status, operation })
    return this.#respond(status, outcome, session)
  }

  #respond(status: number, outcome: RemoteOutcome, session: CallSession | undefined): InternalResponse {
    const { signer } = this.#parts
    const token = session === undefined || signer === undefined ? '' : textOf(signer, session)
    return {
      status,
      headers: {
        'content-type': this.#codec.mediaType,
        'cache-control': 'no-store',
        ...(token !== '' && { 'fulcrum-token': token }),
        ...(session?.wasReset === true && { 'fulcrum-session': 'reset' }),
      },
      body: packOutcome(outcome, this.#codec),
    }
  }
}

/** Calls are not passed on to a third process: two that name each other would do so without end. */
function isAnsweredHere({ operation, plan }: CompiledOperation): boolean {
  const isCalled = operation.kind === 'query' || operation.kind === 'command'
  return isCalled && stageOf(plan, 'remote') === undefined
}

function refused(reason: string): Error {
  return fulcrumError('FUL-3304', { reason })
}
