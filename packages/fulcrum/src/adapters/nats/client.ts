import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

export interface NatsClient {
  readonly connect: (typeof import('@nats-io/transport-node'))['connect']
  readonly jetstream: (typeof import('@nats-io/jetstream'))['jetstream']
  readonly jetstreamManager: (typeof import('@nats-io/jetstream'))['jetstreamManager']
}

/** Loads the client when it is first needed. @throws FUL-1014 where it is not installed. */
export async function loadClient(): Promise<NatsClient> {
  try {
    const { connect } = await import('@nats-io/transport-node')
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream')
    return { connect, jetstream, jetstreamManager }
  } catch (cause) {
    const install = 'npm install @nats-io/transport-node @nats-io/jetstream'
    throw fulcrumError(
      'FUL-1014',
      { feature: 'events over NATS', peer: '@nats-io/jetstream', install },
      { cause },
    )
  }
}
