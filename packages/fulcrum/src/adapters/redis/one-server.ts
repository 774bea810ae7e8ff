import type { RedisClient } from './client.ts'
import type { Keys } from './keys.ts'
import { Link, type LinkParts } from './link.ts'
import type { Decode } from './operation.ts'
import { listOf, textOf, timeOf } from './reply.ts'
import { GREET } from './scripts/greet.ts'
import type { ServerClock } from './server-clock.ts'
import { codeOf, isFull } from './server-error.ts'
import type { Servers } from './servers.ts'

export interface OneServerParts extends Omit<LinkParts, 'greet'> {
  readonly keys: Keys
  /** Called with each new connection. */
  readonly recovered: () => void
}

/** One server, or whatever stands before several and looks like one. */
export class OneServer implements Servers {
  readonly #link: Link

  constructor({ keys, recovered, ...parts }: OneServerParts) {
    const greet = async (client: RedisClient, time: ServerClock): Promise<void> => {
      await greetServer(client, time, [String(keys.probes.length), ...keys.probes, keys.channel])
      recovered()
    }
    this.#link = new Link({ ...parts, greet })
  }

  get isReady(): boolean {
    return this.#link.isReady
  }

  start(): Promise<void> {
    return this.#link.start()
  }

  run<T>(_key: string, args: readonly (string | Buffer)[], decode: Decode<T>): Promise<T> {
    return this.#link.run(args, decode)
  }

  close(): void {
    this.#link.close()
  }
}

/** Reads a server's clock, and sees that it does what will be asked of it. One that is full can still be read from. */
export async function greetServer(
  client: RedisClient,
  time: ServerClock,
  args: readonly string[],
): Promise<void> {
  const sentAt = time.asked()
  const reply = (await client.sendCommand(['EVAL', GREET.text, ...args])) as Parameters<typeof listOf>[0]
  const shown = timeOf(reply)
  if (shown === undefined) throw new Error('it does not speak as Redis does')
  time.answered(shown, sentAt)
  const refusal = new Error(textOf(listOf(reply)[2]))
  if (refusal.message !== '' && !isFull(codeOf(refusal))) throw refusal
}
