import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { contains } from '../../../packages/fulcrum/src/consistency/label.ts'
import type { ReadNeed, ReadTerms } from '../../../packages/fulcrum/src/ports/store.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { clock, type Labelled, Observer, PIPELINED, TestStore } from './harness.ts'

const PAGE = 8_192
/** Of a page; what comes after a record that ends with the page before is written here. */
const HEADER = 24
/** Sooner than the server writes a record of its own: its background writer does so every fifteen seconds at the most. */
const SOON = { deadline: 5_000 }

let cluster: TestCluster
let store: TestStore
let primary: Observer

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 }, { clock, random })
  primary = await Observer.connect(cluster.primaryUrl)
  await primary.rows('CREATE TABLE effect (id int PRIMARY KEY, n int NOT NULL)')
  await primary.rows('INSERT INTO effect VALUES (1, 0)')
  await primary.rows('CHECKPOINT')
  store = await TestStore.start({ url: cluster.primaryUrl, replicas: cluster.replicaUrls })
  await waitFor(async () => (await store.sourceOfReplicaRead()) === 'replica')
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await primary[Symbol.asyncDispose]()
  await cluster.stop()
})

const filling: ReadTerms = { ...PIPELINED, bracket: 'both' }
const far: ReadTerms = { ...filling, target: 'replica' }

async function change(): Promise<ReadNeed> {
  const { position } = await store.transaction((tx) => tx.run('UPDATE effect SET n = n + 1 WHERE id = 1', []))
  if (position === undefined) throw new Error('nothing was changed')
  return { ...position, rx: 0, maxAge: Infinity, maxAgeInPartition: Infinity }
}

/** Changes something so that the log ends with a page, whatever else is written meanwhile: tries until it does. */
async function changeAtEndOfPage(): Promise<ReadNeed> {
  let sizeOfChange = 0
  return waitFor(
    async () => {
      const [at] = await primary.rows<{ lsn: string }>("SELECT pg_current_wal_insert_lsn() - '0/0' AS lsn")
      const left = PAGE - ((Number(at?.lsn) + sizeOfChange) % PAGE)
      await primary.rows(
        `SELECT pg_logical_emit_message(false, 'pad', repeat('x', ${Math.max(1, left - 56)}))`,
      )
      const [before] = await primary.rows<{ lsn: string }>(
        "SELECT pg_current_wal_insert_lsn() - '0/0' AS lsn",
      )
      const need = await change()
      sizeOfChange = (need.lsn - Number(before?.lsn)) % PAGE
      return need.lsn % PAGE === HEADER ? need : undefined
    },
    { deadline: 60_000, every: 1, what: 'a commit that ends with its page' },
  )
}

function look(need: ReadNeed, terms: ReadTerms): Promise<Labelled<unknown>> {
  return store.labelled('SELECT n FROM effect WHERE id = 1', { terms, need })
}

function fences(): number {
  return store.node().fences ?? 0
}

describe('a primary that nobody writes to', () => {
  test('shows that its data contains a write soon after somebody has asked for that', async () => {
    const need = await change()
    const before = fences()
    const { label } = await waitFor(async () => {
      const read = await look(need, filling)
      return read.label !== undefined && contains(read.label, need.lsn) ? read : undefined
    }, SOON)
    expect(label?.lo).toBeGreaterThan(need.lsn)
    expect(fences() - before).toBeGreaterThanOrEqual(1)
    expect(fences() - before).toBeLessThanOrEqual(SOON.deadline / 250 + 1)
  })

  test('has replicas serve a session whose write ends with its page', { timeout: 90_000 }, async () => {
    const need = await changeAtEndOfPage()
    await waitFor(async () => (await look(need, far)).source === 'replica', SOON)
  })

  test('is left alone by reads that it can show everything for', async () => {
    const need = await change()
    await primary.rows('UPDATE effect SET n = n + 1 WHERE id = 1')
    const before = fences()
    for (let round = 0; round < 20; round++) {
      await look(need, filling)
      await look({ ...need, lsn: 0 }, filling)
      await look(need, { ...PIPELINED, target: 'replica' })
    }
    expect(fences()).toBe(before)
  })
})
