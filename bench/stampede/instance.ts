// One process of a stampede: asked by its parent, with the cache that it is told to use.
import { setTimeout as pause } from 'node:timers/promises'
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis'
import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { redis } from 'fulcrum/redis'
import { Redis } from 'ioredis'
import { z } from 'zod'
import type { Ask, Told } from './protocol.ts'

const [, , contender = '', url = ''] = process.argv

type Read = (key: string, takes: number) => Promise<string>

function tell(told: Told): void {
  process.send?.(told)
}

async function load(key: string, takes: number): Promise<string> {
  tell({ kind: 'loading', key })
  await pause(takes)
  return key
}

const MAKE: Readonly<Record<string, () => Promise<Read>>> = { fulcrum, bentocache }

async function fulcrum(): Promise<Read> {
  const price = query('bench.price', {
    input: z.object({ key: z.string(), takes: z.number() }),
    output: z.string(),
    contract: {
      consistency: 'eventual',
      cache: { strategy: 'aside', ttl: '60s', scope: 'public', invalidation: 'ttl' },
    },
  })
  const bench = module('bench', { handlers: (on) => [on(price, ({ key, takes }) => load(key, takes))] })
  const app = await createApp({ modules: [bench], cache: redis({ url }) }).start()
  return (key, takes) => app.call(price, { key, takes })
}

/** As its manual advises for several processes: memory, Redis and a bus. */
async function bentocache(): Promise<Read> {
  const store = bentostore()
    .useL1Layer(memoryDriver())
    .useL2Layer(redisDriver({ connection: new Redis(url) }))
    .useBus(redisBusDriver({ connection: new Redis(url).options }))
  const cache = new BentoCache({ default: 'all', stores: { all: store } })
  return (key, takes) => cache.getOrSet({ key, ttl: '60s', factory: () => load(key, takes) })
}

const make = MAKE[contender]
if (make === undefined) throw new Error(`no contender ${contender}`)
const read = await make()
// Connections are there, and code is warm.
await read(`warm ${process.pid}`, 1)
await Promise.all(Array.from({ length: 1_000 }, (_, index) => read(`warm ${process.pid} ${index % 50}`, 1)))

async function answer({ key, readers, takes }: Ask): Promise<void> {
  const startedAt = performance.now()
  let slowest = 0
  const reads = Array.from({ length: readers }, async () => {
    await read(key, takes)
    slowest = Math.max(slowest, performance.now() - startedAt)
  })
  const outcomes = await Promise.allSettled(reads)
  const failed = outcomes.filter(({ status }) => status === 'rejected').length
  tell({ kind: 'asked', key, slowest, failed })
}

process.on('message', (ask) => void answer(ask as Ask))
process.on('disconnect', () => process.exit())
tell({ kind: 'ready' })
