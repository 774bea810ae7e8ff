import type { EventEmitter } from 'node:events'
import type { Abortable } from '../gateway/wire.ts'

/** What closes when the caller goes away: the socket of HTTP/1, the stream of HTTP/2. */
export interface Channel extends EventEmitter {
  readonly destroyed: boolean
}

/**
 * The calls in flight of one connection. Closing it ends them.
 *
 * One listener per connection instead of one per request: requests come by the thousand on a connection that is kept alive. The request's own
 * `close` event would say too much: Node emits it as well when the body has been read to its end.
 */
export class CallsInFlight {
  readonly #channel: Channel
  readonly #calls: Abortable[] = []

  constructor(channel: Channel) {
    this.#channel = channel
    channel.once('close', () => {
      for (const call of this.#calls.splice(0)) call.abort()
    })
  }

  get count(): number {
    return this.#calls.length
  }

  add(call: Abortable): void {
    if (this.#channel.destroyed) call.abort()
    else this.#calls.push(call)
  }

  delete(call: Abortable): void {
    const index = this.#calls.indexOf(call)
    if (index === -1) return
    const last = this.#calls.pop() as Abortable
    if (last !== call) this.#calls[index] = last
  }
}

const CALLS = Symbol('fulcrum.calls')

type Tracked = Channel & { [CALLS]?: CallsInFlight }

export function callsInFlight(channel: Channel): CallsInFlight {
  const tracked = channel as Tracked
  return (tracked[CALLS] ??= new CallsInFlight(channel))
}
