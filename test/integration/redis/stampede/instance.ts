// One instance of an application with one cached query over a shared cache: asked by its parent process, and telling it of each call of the loader.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { redis } from 'fulcrum/redis'
import { z } from 'zod'
import type { Ask, Told } from './protocol.ts'

const url = process.env['REDIS_URL'] ?? ''

const price = query('catalog.price', {
  input: z.object({ key: z.string(), takes: z.number() }),
  output: z.string(),
  contract: {
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '60s', scope: 'public', invalidation: 'ttl' },
    latency: { deadline: '10s' },
  },
})

const catalog = module('catalog', {
  handlers: (on) => [
    on(price, async ({ key, takes }) => {
      tell({ kind: 'loading', key })
      await sleep(takes)
      return `loaded by ${process.pid}`
    }),
  ],
})

// A busy machine must not decide how often the loader is called.
const app = await createApp({ modules: [catalog], cache: redis({ url, timeout: '3s' }) }).start()

async function answer({ key, readers, takes }: Ask): Promise<void> {
  using delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const calls = Array.from({ length: readers }, () => app.call(price, { key, takes }))
  const outcomes = await Promise.allSettled(calls)
  const values: Record<string, number> = {}
  const errors: string[] = []
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') errors.push(String(outcome.reason))
    else values[outcome.value] = (values[outcome.value] ?? 0) + 1
  }
  tell({ kind: 'asked', key, values, errors, stall: delay.max / 1e6 })
}

function tell(told: Told): void {
  process.send?.(told)
}

process.on('message', (ask) => void answer(ask as Ask))
process.on('disconnect', () => void app.close())
tell({ kind: 'ready' })
