import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { attempt, type Instance, place, startInstance } from './work-module.ts'

const JOBS = 600
const KILLS = 4
const program = fileURLToPath(new URL('killed-worker.ts', import.meta.url))

let database: FreshDatabase
let client: pg.Client
/** Enqueues, and leaves running to those that are killed. */
let enqueuing: Instance
const workers: ChildProcess[] = []

beforeAll(async () => {
  database = await freshDatabase()
  enqueuing = await startInstance(database.url, { run: false })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
}, 60_000)

afterAll(async () => {
  await Promise.all(workers.map(kill))
  await enqueuing.app.close()
  await client.end()
  await database[Symbol.asyncDispose]()
}, 60_000)

async function startWorker(): Promise<ChildProcess> {
  const worker = fork(program, [database.url], { stdio: 'ignore' })
  workers.push(worker)
  await once(worker, 'message')
  return worker
}

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const exited = once(worker, 'exit')
  worker.kill('SIGKILL')
  await exited
}

async function count(question: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${question}`)
  return rows[0]?.n ?? 0
}

/** What a worker was at when it was killed is taken over when it has not been heard of for a while; all of it at the same time, so that is waited for once. */
test('workers are killed again and again: no job is lost, none is applied twice, and another one takes over in bounded time', async () => {
  for (let n = 0; n < JOBS; n += 50) await enqueuing.app.call(place, { item: `job ${n} `, count: 50 })
  const applied = (): Promise<number> => count("work.run WHERE item LIKE 'job%'")
  for (let kills = 1; kills < KILLS; kills += 1) {
    const worker = await startWorker()
    const before = await applied()
    await waitFor(async () => (await applied()) > before, { deadline: 60_000 })
    await kill(worker)
  }
  const last = await startWorker()
  const id = await enqueuing.app.enqueue(attempt, { item: 'hangs until its worker is killed' })
  const isActive = `fulcrum_jobs.job WHERE id = '${id}' AND state = 'active'`
  await waitFor(async () => (await count(isActive)) === 1, { deadline: 60_000 })
  await kill(last)
  const killedAt = performance.now()
  await startWorker()
  const again = `work.run WHERE item LIKE 'hangs%' AND attempt = 2`
  await waitFor(async () => (await count(again)) === 1, { deadline: 120_000, every: 100 })
  expect(performance.now() - killedAt).toBeLessThan(120_000)
  await waitFor(async () => (await applied()) >= JOBS, { deadline: 120_000, every: 100 })
  // And those that were committed and not settled have been settled by another attempt.
  const unfinished = "fulcrum_jobs.job WHERE name = 'work.apply' AND state <> 'completed'"
  await waitFor(async () => (await count(unfinished)) === 0, { deadline: 120_000, every: 100 })
  expect(await applied()).toBe(JOBS)
  expect(await count("(SELECT DISTINCT item FROM work.run WHERE item LIKE 'job%') AS item")).toBe(JOBS)
  expect(await count('fulcrum.enqueued')).toBe(0)
}, 400_000)
