import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { App } from 'fulcrum/app'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { happen, startSource } from './apps.ts'
import { NatsServer } from './nats-server.ts'

const program = fileURLToPath(new URL('./sink-instance.ts', import.meta.url))
const PATIENCE = { deadline: 60_000 }

let broker: NatsServer
let ours: FreshDatabase
let theirs: FreshDatabase
let source: App
let sinks: ChildProcess[]
let client: pg.Client

beforeAll(async () => {
  ;[broker, ours, theirs] = await Promise.all([NatsServer.start(), freshDatabase(), freshDatabase()])
  source = await startSource(ours.url, broker.url)
  sinks = [await sink()]
  client = new pg.Client({ connectionString: theirs.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await Promise.all(sinks.map(kill))
  await source.close()
  await broker[Symbol.asyncDispose]()
  await ours[Symbol.asyncDispose]()
  await theirs[Symbol.asyncDispose]()
})

async function sink(): Promise<ChildProcess> {
  const child = fork(program, [theirs.url, broker.url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(child, 'message')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** Numbers of a thing, in the order in which they were applied. */
async function seen(thing: string): Promise<number[]> {
  const { rows } = await client.query<{ n: number }>('SELECT n FROM sink.seen WHERE thing = $1 ORDER BY id', [
    thing,
  ])
  return rows.map(({ n }) => n)
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}

async function allSeen(thing: string, count: number): Promise<void> {
  await waitFor(async () => (await seen(thing)).length >= count, {
    ...PATIENCE,
    what: `${count} of ${thing}`,
  })
  expect(await seen(thing)).toEqual(numbers(1, count))
}

it(
  'applies what happens elsewhere, once and in order, and says where it happened',
  { timeout: 120_000 },
  async () => {
    await Promise.all(['a', 'b', 'c'].map((thing) => source.call(happen, { thing, ns: numbers(1, 20) })))
    for (const thing of ['a', 'b', 'c']) await allSeen(thing, 20)
    const { rows } = await client.query('SELECT DISTINCT split_part(event, $1, 1) AS source FROM sink.seen', [
      ' ',
    ])
    expect(rows).toEqual([{ source: '/source' }])
  },
)

it(
  'absorbs what the broker has twice, also where the broker does not notice',
  { timeout: 120_000 },
  async () => {
    const before = await seen('a')
    const connection = await connect({ servers: broker.url })
    const body = (id: string, n: number): string =>
      JSON.stringify({
        specversion: '1.0',
        id,
        source: '/source',
        type: 'source.Happened',
        data: { thing: 'twice', n },
      })
    // Without the id by which the broker tells repetitions.
    const events = jetstream(connection)
    for (let repetition = 0; repetition < 3; repetition += 1)
      for (const n of [1, 2]) await events.publish('FULCRUM.event.source.Happened', body(`injected-${n}`, n))
    await events.publish('FULCRUM.event.source.Happened', 'no event at all')
    await events.publish('FULCRUM.event.source.Happened', body('injected-3', 3))
    await connection.close()
    await allSeen('twice', 3)
    expect(await seen('a')).toEqual(before)
  },
)

it('loses nothing and applies nothing twice while the broker is killed', { timeout: 120_000 }, async () => {
  await source.call(happen, { thing: 'outage', ns: numbers(1, 30) })
  await broker.kill()
  await source.call(happen, { thing: 'outage', ns: numbers(31, 30) })
  await broker.start()
  await source.call(happen, { thing: 'outage', ns: numbers(61, 30) })
  await allSeen('outage', 90)
  const dead = await source.events.deadLetters()
  expect(dead).toEqual([])
})

it(
  'loses nothing and keeps the order while an instance that is told is killed',
  { timeout: 120_000 },
  async () => {
    await source.call(happen, { thing: 'killed', ns: numbers(1, 60) })
    await waitFor(async () => (await seen('killed')).length >= 5, PATIENCE)
    const [first] = sinks
    await kill(first as ChildProcess)
    sinks = [await sink(), await sink()]
    await source.call(happen, { thing: 'killed', ns: numbers(61, 40) })
    await allSeen('killed', 100)
  },
)
