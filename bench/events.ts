// How soon an event that one instance commits reaches the handler of another one, idle and busy, and how many transactions two instances cost the server while
// nothing happens.
import { command, event, module } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { z } from 'zod'
import { startBenchCluster } from './lib/bench-cluster.ts'

const IDLE_EVENTS = 200
const IDLE_GAP_MS = 100
const BUSY_MS = 10_000
const BUSY_WORKERS = 8
const QUIET_MS = 20_000

const Happened = event('things.Happened', z.object({ n: z.int() }), { key: ({ n }) => String(n) })
const happen = command('things.happen', { input: z.object({ n: z.int() }), emits: [Happened] })

/** When each event was known to be committed, and what came of it. */
const committed = new Map<number, number>()
const early = new Map<number, number>()
let latencies: number[] = []

const things = module('things', {
  handlers: (on) => [on(happen, ({ n }, { emit }) => emit(Happened, { n }))],
})
const log = module('log', {
  handlers: (on) => [
    on(Happened, ({ n }, { event: { attempts } }) => {
      if (attempts > 0) return
      const at = committed.get(n)
      // It may be here before whoever has committed it knows.
      if (at === undefined) early.set(n, performance.now())
      else latencies.push(performance.now() - at)
    }),
  ],
})

await using cluster = await startBenchCluster()
const store = postgres({ url: cluster.primaryUrl })
await using emitting = await createApp({ modules: [things], store }, { log: () => {} }).start()
await using listening = await createApp({ modules: [log], store }, { log: () => {} }).start()
let next = 0

async function emitOne(): Promise<void> {
  const n = next++
  await emitting.call(happen, { n })
  if (early.has(n)) latencies.push(0)
  else committed.set(n, performance.now())
}

async function settled(): Promise<void> {
  while ((await listening.events.subscriptions()).some(({ lag }) => lag > 0)) await sleep(20)
}

function report(title: string): void {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1)
  console.log(`${title}: ${sorted.length} events, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`)
  latencies = []
}

async function transactions(): Promise<number> {
  const client = new Client({ connectionString: cluster.primaryUrl })
  await client.connect()
  const { rows } = await client.query<{ n: string }>(
    'select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()',
  )
  await client.end()
  return Number(rows[0]?.n)
}

for (let n = 0; n < 20; n++) await emitOne()
await settled()
latencies = []

for (let n = 0; n < IDLE_EVENTS; n++) {
  await sleep(IDLE_GAP_MS)
  await emitOne()
}
await settled()
report('idle, one event every 100 ms')

const until = performance.now() + BUSY_MS
await Promise.all(
  Array.from({ length: BUSY_WORKERS }, async () => {
    while (performance.now() < until) await emitOne()
  }),
)
await settled()
report(`busy, ${BUSY_WORKERS} callers at once`)

// Sessions tell of their last transactions up to ten seconds later.
await sleep(12_000)
const before = await transactions()
await sleep(QUIET_MS)
const count = (await transactions()) - before
console.log(`quiet: ${((count / QUIET_MS) * 1000).toFixed(1)} transactions per second for both instances`)
