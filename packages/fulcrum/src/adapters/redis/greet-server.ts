import type { RedisClient, Reply } from './client.ts'
import type { Keys } from './keys.ts'
import type { LinkParts } from './link.ts'
import { listOf, textOf, timeOf } from './reply.ts'
import { GREET } from './scripts/greet.ts'
import type { ServerClock } from './server-clock.ts'
import { codeOf, isFull } from './server-error.ts'

/** Greets each new connection, and tells that it is there. */
export function greeting(keys: Keys, recovered: () => void): LinkParts['greet'] {
  return async (client, time) => {
    await greetServer(client, time, keys)
    recovered()
  }
}

/** Reads a server's clock, and sees that it does what will be asked of it. One that is full can still be read from. */
async function greetServer(client: RedisClient, time: ServerClock, { probes, channel }: Keys): Promise<void> {
  const sentAt = time.asked()
  const args = [String(probes.length), ...probes, channel]
  const reply = (await client.sendCommand(['EVAL', GREET.text, ...args])) as Reply
  const shown = timeOf(reply)
  if (shown === undefined) throw new Error('it does not speak as Redis does')
  time.answered(shown, sentAt)
  const refusal = new Error(textOf(listOf(reply)[2]))
  if (refusal.message !== '' && !isFull(codeOf(refusal))) throw refusal
}
