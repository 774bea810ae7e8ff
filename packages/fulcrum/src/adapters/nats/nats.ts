import type { AdapterDependencies } from '../../ports/store-source.ts'
import type { Broker, BrokerSource, OutgoingMessage, Receipt } from '../../ports/broker.ts'
import { loadClient } from './client.ts'
import { BrokerConnection } from './connection.ts'
import { Consuming } from './consuming.ts'
import { type NatsOptions, type Settled, settle } from './options.ts'
import { subjectOf } from './subjects.ts'

/**
 * Takes events to other applications over NATS JetStream (https://docs.nats.io/nats-concepts/jetstream), and brings theirs. Needs the packages
 * `@nats-io/transport-node` and `@nats-io/jetstream`.
 *
 * ```ts
 * broker: nats({ servers: 'nats://10.0.0.5:4222', application: 'shop', publish: [OrderPlaced] })
 * ```
 *
 * @throws FUL-1012 for an option that is wrong.
 */
export function nats(options: NatsOptions): BrokerSource {
  const settings = settle(options)
  return {
    kind: 'broker',
    publish: settings.publish,
    open: async (dependencies) => new NatsBroker(await loadClient(), settings, dependencies),
  }
}

class NatsBroker implements Broker {
  readonly #connection: BrokerConnection
  readonly #settings: Settled
  readonly #dependencies: AdapterDependencies
  #consuming: readonly Consuming[] = []

  constructor(
    client: ConstructorParameters<typeof BrokerConnection>[0],
    settings: Settled,
    dependencies: AdapterDependencies,
  ) {
    this.#connection = new BrokerConnection(client, settings)
    this.#settings = settings
    this.#dependencies = dependencies
  }

  async publish({ type, dedupe, body }: OutgoingMessage): Promise<void> {
    const subject = subjectOf(this.#settings.stream, type)
    await this.#connection.use(({ events }) => events.publish(subject, body, { msgID: dedupe }))
  }

  consume(types: readonly string[], receive: (body: string) => Promise<Receipt>): void {
    const { stream, application } = this.#settings
    const shared = { ...this.#dependencies, connection: this.#connection, stream, application, receive }
    this.#consuming = types.map((type) => new Consuming({ ...shared, type }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#consuming.map((each) => each.stop()))
    await this.#connection.close()
  }
}
