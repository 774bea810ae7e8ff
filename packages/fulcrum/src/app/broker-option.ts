import { moduleOf } from '../declare/checks/names.ts'
import type { EventDeclaration } from '../declare/event.ts'
import type { Module } from '../declare/module.ts'
import type { Schema } from '../declare/schema.ts'
import { subscriber } from '../declare/subscriber.ts'
import type { SubscriberContext } from '../declare/context.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { parseDuration } from '../kernel/duration.ts'
import type { Broker, BrokerSource, OutgoingMessage } from '../ports/broker.ts'
import type { AppConfig, Environment } from './config.ts'

/** The module whose subscribers take events to the broker. Nobody else can have its name. */
export const BROKER = 'broker'

/** The broker that a configuration names for an environment. */
export function brokerOption({ broker }: AppConfig, env: Environment): BrokerSource | undefined {
  return typeof broker === 'function' ? broker(env) : broker
}

/** What is wrong with what is published. */
export function checkBroker(config: AppConfig, env: Environment): FulcrumError[] {
  const source = brokerOption(config, env)
  if (source === undefined) return []
  const own = config.modules.filter(({ remote }) => remote === undefined).map(({ name }) => name)
  const strange = source.publish.filter(({ name }) => !own.includes(moduleOf(name)))
  return [
    ...strange.map(({ name }) => invalid('broker.publish', name, 'events of modules of this process')),
    ...(own.includes(BROKER)
      ? [invalid('modules', `a module named ${BROKER}`, 'another name, where there is a broker')]
      : []),
    ...(config.store === undefined ? [invalid('broker', 'a broker without a store', 'a store')] : []),
  ]
}

function invalid(field: string, found: string, allowed: string): FulcrumError {
  return fulcrumError('FUL-1012', { field, found, allowed })
}

/** What is published goes out as it was emitted. */
const AS_IT_IS: Schema = { '~standard': { version: 1, vendor: 'fulcrum', validate: (value) => ({ value }) } }

/** The way to the broker, for handlers that are bound before there is one. */
export class Outlet {
  #broker: Broker | undefined

  open(broker: Broker): void {
    this.#broker = broker
  }

  /** @throws FUL-3002 while the broker cannot be reached, so that the event waits and nothing else is tried. */
  async send(message: OutgoingMessage): Promise<void> {
    if (this.#broker === undefined)
      throw fulcrumError('FUL-3002', { dependency: 'the broker', reason: 'it is not open' })
    await this.#broker.publish(message)
  }
}

/** A module with a subscriber for each event that is published. */
export function brokerModule({ publish }: BrokerSource, outlet: Outlet): Module {
  const bindings = publish.map((event) => ({
    target: subscriber(BROKER, Object.freeze({ ...event, data: AS_IT_IS }), {
      name: `${BROKER}.publish${event.name.slice(event.name.indexOf('.') + 1)}`,
      summary: `Take ${event.name} to the broker`,
      contract: { transaction: { isolation: 'read committed' } },
    }),
    handler: (data: never, ctx: never) => outlet.send(messageOf(event, data, ctx)),
  }))
  return Object.freeze({
    kind: 'module' as const,
    name: BROKER,
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: Object.freeze(bindings),
  })
}

/** CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec, formats/json-format.md). */
function messageOf(declared: EventDeclaration, data: unknown, { event }: SubscriberContext): OutgoingMessage {
  const { id, source, type, time, traceparent } = event
  const lasts = parseDuration(declared.expires)
  const body = {
    specversion: '1.0',
    id,
    source,
    type,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    ...(lasts !== undefined && { expirytime: new Date(time.getTime() + lasts).toISOString() }),
    ...(traceparent !== undefined && { traceparent }),
    data,
  }
  return { type, dedupe: `${source} ${id}`, body: JSON.stringify(body) }
}
