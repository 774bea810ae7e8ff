export { nats } from '../adapters/nats/nats.ts'
export type { NatsOptions } from '../adapters/nats/options.ts'
export type { BrokerSource } from '../ports/broker.ts'
