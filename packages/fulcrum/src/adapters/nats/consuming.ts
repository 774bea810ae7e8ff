import type { Consumer, JsMsg } from '@nats-io/jetstream'
import type { Clock } from '../../kernel/clock.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import type { Receipt } from '../../ports/broker.ts'
import type { BrokerConnection } from './connection.ts'
import { consumerOf, subjectOf } from './subjects.ts'

export interface ConsumingParts {
  readonly connection: BrokerConnection
  readonly stream: string
  readonly application: string
  readonly type: string
  readonly receive: (body: string) => Promise<Receipt>
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}

/** An instance that has taken a message and says nothing for so long is gone; another one is given it. */
const ACK_WAIT_NS = 5_000_000_000
/** A look waits so long for something to come. */
const LOOK_MS = 1_000
const LATER_MS = 500
const AWAY = { first: 100, longest: 2_000 }

/**
 * Receives the events of one type: looking → receiving → looking; → waiting longer and longer while the broker is away. One message at a time over all
 * instances (`max_ack_pending`), so that the next one is not begun before this one is taken in, whoever dies: what is given up for order is speed.
 */
export class Consuming {
  readonly #parts: ConsumingParts
  #isStopping = false
  #failures = 0
  readonly #running: Promise<void>

  constructor(parts: ConsumingParts) {
    this.#parts = parts
    this.#running = this.#run()
  }

  /** Resolves when the message in progress is done with. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#running
  }

  async #run(): Promise<void> {
    let consumer: Consumer | undefined
    while (!this.#isStopping) {
      try {
        consumer ??= await this.#consumer()
        const message = await consumer.next({ expires: LOOK_MS })
        if (message !== null) await this.#receive(message)
        this.#failures = 0
      } catch (error) {
        consumer = undefined
        await this.#away(error)
      }
    }
  }

  #consumer(): Promise<Consumer> {
    const { connection, stream, application, type } = this.#parts
    const name = consumerOf(application, type)
    return connection.use(async ({ streams, events }) => {
      await streams.consumers.add(stream, {
        durable_name: name,
        ack_policy: 'explicit',
        deliver_policy: 'all',
        filter_subject: subjectOf(stream, type),
        max_ack_pending: 1,
        max_deliver: -1,
        ack_wait: ACK_WAIT_NS,
      })
      return events.consumers.get(stream, name)
    })
  }

  async #receive(message: JsMsg): Promise<void> {
    const receipt = await this.#parts.receive(message.string())
    if (receipt === 'later') return message.nak(LATER_MS)
    // Without a reason, which servers before 2.10.4 do not understand.
    if (receipt === 'unreadable') return message.term()
    // Confirmed, so that the next look does not race with it.
    await message.ackAck()
  }

  async #away(error: unknown): Promise<void> {
    const { type, clock, random, log } = this.#parts
    if (this.#failures === 0) log(`events ${type} do not arrive: ${String(error)}`)
    await clock.sleep(growingPause(this.#failures++, AWAY, random))
  }
}
