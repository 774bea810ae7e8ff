import type { Connection } from './connection.ts'
import type { Exchange, Receiver } from './exchange.ts'

/** Waits for the answer of one exchange. */
class Answer<E extends Exchange> implements Receiver<E> {
  readonly #resolvers = Promise.withResolvers<E>()

  get promise(): Promise<E> {
    return this.#resolvers.promise
  }

  complete(exchange: E): void {
    this.#resolvers.resolve(exchange)
  }

  fail(error: unknown): void {
    this.#resolvers.reject(error)
  }
}

/** Sends an exchange and resolves with it when it is complete; rejects with what the server, the network or the deadline says. */
export function ask<E extends Exchange>(connection: Connection, exchange: E): Promise<E> {
  const answer = new Answer<E>()
  connection.send(exchange.receiveWith(answer))
  return answer.promise
}
