import type { WireRequest, WireResponse } from './wire.ts'

/** As much of a body is read on and thrown away: who is cut off while sending does not see the answer; who sends without end has to be cut off. */
const LINGER = 8 * 1024 * 1024

/** An answer to a request whose body was not read to its end. */
export async function afterRest(wire: WireRequest, response: WireResponse): Promise<WireResponse> {
  return (await isReadToEnd(wire)) ? response : { ...response, close: true }
}

async function isReadToEnd(wire: WireRequest): Promise<boolean> {
  let length = 0
  try {
    for await (const chunk of wire.stream()) {
      length += chunk.byteLength
      if (length > LINGER) return false
    }
    return true
  } catch {
    // The caller has gone, or somebody else has read it.
    return false
  }
}
