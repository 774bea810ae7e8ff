import { Closing } from './bracket.ts'
import type { Connection } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { Read } from './read.ts'

/**
 * Takes the reads in flight off a connection, for somebody who sends them again elsewhere, except for that of one exchange. Brackets are left to run
 * to their end: they are short.
 */
export function takeReads(connection: Connection, except?: Exchange): Read[] {
  return connection.inFlight().flatMap((exchange) => {
    if (exchange instanceof Closing) return exchange.closes.takeWaiting()
    return exchange !== except && exchange.receiver instanceof Read
      ? (exchange.detach() as unknown as Read)
      : []
  })
}
