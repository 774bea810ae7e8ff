import { Deadline } from '../../kernel/deadline.ts'
import type { Clock } from '../../kernel/clock.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { type FulcrumError, fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import type { RemoteAnswer, RemoteCall, RemotePort } from '../../ports/remote.ts'
import { BINARY, type Codec, packCall, unpackOutcome } from './codec.ts'
import { CALL_PATH, type InternalHeaders, keyToHeader } from './headers.ts'
import { sign } from './signature.ts'
import { NotSent, type Transport, type TransportResponse } from './transport.ts'

export interface RemoteClientParts {
  readonly module: string
  readonly transport: Transport
  /** What signs. */
  readonly key: string
  readonly clock: Clock
  readonly random: Random
  /** Default: MessagePack. */
  readonly codec?: Codec
}

/** A call without a deadline of its own has this one, in milliseconds. */
const LONGEST_MS = 30_000
const ATTEMPTS = 4
const PAUSE = { first: 50, longest: 1_000 }

/** How one attempt ended without an answer. */
interface Miss {
  /** Nothing was done: it may be tried again, whatever it is. */
  readonly isHarmless: boolean
  readonly error: (call: RemoteCall) => FulcrumError
}

/**
 * Calls the operations of a module in another process. What cannot have reached anybody, and what was refused before anything was done, is tried again for
 * all; what may have been carried out is tried again only where that has no further effect. What became of a command is never guessed.
 */
export class RemoteClient implements RemotePort {
  readonly #parts: RemoteClientParts
  readonly #codec: Codec

  constructor(parts: RemoteClientParts) {
    this.#parts = parts
    this.#codec = parts.codec ?? BINARY
  }

  async call(call: RemoteCall): Promise<RemoteAnswer> {
    const { clock } = this.#parts
    const options = { parent: call.deadline, operation: call.operation }
    using deadline = Deadline.after(clock, LONGEST_MS, options)
    const body = packCall(call, this.#codec)
    let lost: Miss | undefined
    deadline.throwIfOver()
    for (let failures = 0; ; failures += 1) {
      const outcome = await this.#attempt(call, body, deadline)
      if (!('isHarmless' in outcome)) return outcome
      // Once an attempt may have taken effect, a later one that did nothing says nothing about it.
      if (!outcome.isHarmless) lost = outcome
      const told = lost ?? outcome
      if (!(await this.#mayRepeat(call, outcome, { failures, deadline }))) throw told.error(call)
    }
  }

  close(): Promise<void> {
    return this.#parts.transport.close()
  }

  async #mayRepeat(
    { repeats }: RemoteCall,
    { isHarmless }: Miss,
    { failures, deadline }: { readonly failures: number; readonly deadline: Deadline },
  ): Promise<boolean> {
    const { clock, random } = this.#parts
    const pause = growingPause(failures, PAUSE, random)
    if (!(repeats || isHarmless) || failures + 1 >= ATTEMPTS || pause >= deadline.remaining()) return false
    await clock.sleep(pause)
    return endOf(deadline) === undefined
  }

  async #attempt(call: RemoteCall, body: Uint8Array, deadline: Deadline): Promise<RemoteAnswer | Miss> {
    const path = `${CALL_PATH}${call.operation}`
    const headers = this.#headers(call, body, deadline)
    try {
      const response = await this.#parts.transport.post({ path, headers, body, signal: deadline.signal })
      return this.#read(call, response)
    } catch (error) {
      return this.#miss(call, error, deadline)
    }
  }

  #headers(call: RemoteCall, body: Uint8Array, deadline: Deadline): InternalHeaders {
    const { key, clock } = this.#parts
    const { operation, ifMatch, idempotencyKey, traceparent, token } = call
    const headers: InternalHeaders = {
      'content-type': this.#codec.mediaType,
      'idempotency-key': keyToHeader(idempotencyKey),
      'if-match': ifMatch,
      'fulcrum-token': token === '' ? undefined : token,
      // Rounded down, so that the other side never believes in more than there is.
      'fulcrum-deadline': formatDuration(Math.max(1, Math.floor(deadline.remaining()))),
      traceparent,
    }
    return { ...headers, 'fulcrum-signature': sign({ operation, headers, body }, key, clock.wall()) }
  }

  #read(call: RemoteCall, { status, headers, body }: TransportResponse): RemoteAnswer | Miss {
    const isOurs = headers['content-type'] === this.#codec.mediaType
    const outcome = isOurs ? unpackOutcome(body, this.#codec) : undefined
    if (outcome === undefined) return this.#unreadable(call, status)
    if (outcome.kind === 'error') {
      const { code, operation } = outcome
      if (code === 'FUL-3304') return this.#refused(status, outcome.params['reason'])
      // It shuts down, and has begun nothing; another instance may be there.
      if (code === 'FUL-3003' && operation === call.operation) return this.#unreachable('it is shutting down')
      if (code === 'FUL-2016' && call.repeats) return this.#inFlight()
    }
    return {
      outcome,
      token: headers['fulcrum-token'] ?? '',
      wasReset: headers['fulcrum-session'] === 'reset',
    }
  }

  #miss(call: RemoteCall, error: unknown, deadline: Deadline): Miss {
    if (error instanceof NotSent) return this.#unreachable(error.message)
    const over = endOf(deadline)
    if (call.kind === 'query') {
      if (over !== undefined) throw over
      return { ...this.#unreachable(reasonOf(error)), isHarmless: false }
    }
    return this.#unknown(over === undefined ? reasonOf(error) : 'its time was over')
  }

  /** Something in between has answered; whether the call got through to the module is not known. */
  #unreadable(call: RemoteCall, status: number): Miss {
    if (call.kind === 'command' && status !== 404)
      return this.#unknown(`something else answered, with status ${status}`)
    return { isHarmless: false, error: this.#badAnswer(status, 'it is no answer of a module') }
  }

  #refused(status: number, reason: unknown): never {
    throw this.#badAnswer(status, `it refuses the call (${String(reason)})`)()
  }

  #badAnswer(status: number, reason: string): () => FulcrumError {
    const { module, transport } = this.#parts
    return () => fulcrumError('FUL-3303', { module, server: transport.server, status, reason })
  }

  #unreachable(reason: string): Miss {
    const { module, transport } = this.#parts
    const params = { module, server: transport.server, reason }
    return {
      isHarmless: true,
      error: ({ operation }) => fulcrumError('FUL-3301', params, { operation }),
    }
  }

  #unknown(reason: string): Miss {
    const { module } = this.#parts
    return {
      isHarmless: false,
      error: ({ operation }) => fulcrumError('FUL-3302', { module, reason }, { operation }),
    }
  }

  /** A call with the same key is still running: soon there will be its answer. Nothing was done for this one. */
  #inFlight(): Miss {
    return { isHarmless: true, error: ({ operation }) => fulcrumError('FUL-2016', {}, { operation }) }
  }
}

/** Why the time is over; `undefined` while it is not. */
function endOf(deadline: Deadline): FulcrumError | undefined {
  try {
    deadline.throwIfOver()
    return undefined
  } catch (error) {
    return isFulcrumError(error) ? error : undefined
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === 'string') return code
  return typeof message === 'string' && message !== '' ? message : 'the connection failed'
}
