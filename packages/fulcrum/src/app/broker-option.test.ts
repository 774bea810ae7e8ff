import { expect, it } from 'vitest'
import { z } from 'zod'
import { nats } from '../adapters/nats/nats.ts'
import { event, type EventDeclaration } from '../declare/event.ts'
import { module } from '../declare/module.ts'
import { checkBroker } from './broker-option.ts'
import type { AppConfig } from './config.ts'

const Own = event('shop.Sold', z.object({}))
const Foreign = event('stock.Gone', z.object({}))
const shop = module('shop', { handlers: () => [] })
const store = { kind: 'store' } as unknown as NonNullable<AppConfig['store']>

function refused(publish: readonly EventDeclaration[], config: Partial<AppConfig> = {}): unknown[] {
  const broker = nats({ servers: 'nats://127.0.0.1:1', application: 'shop', publish })
  const checked = { modules: [shop], store, broker, ...config }
  return checkBroker(checked, {}).map(({ code, field }) => [code, field])
}

it('publishes events of modules of this process', () => {
  expect(refused([Own])).toEqual([])
  expect(refused([Foreign])).toEqual([['FUL-1012', 'broker.publish']])
})

it('needs a store, and the name of its module', () => {
  const { store: _, ...without } = { modules: [shop], store }
  expect(
    checkBroker({ ...without, broker: nats({ servers: 'nats://x', application: 'a' }) }, {}),
  ).toHaveLength(1)
  const taken = module('broker', { handlers: () => [] })
  expect(refused([], { modules: [taken] })).toEqual([['FUL-1012', 'modules']])
})
