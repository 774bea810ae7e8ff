import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { clock, Observer } from '../postgres/harness.ts'
import { type Told, TestStream } from './harness.ts'
import { StreamProxy } from './stream-proxy.ts'

const TABLES = [{ schema: 'people', table: 'person' }]
const POSITION = "SELECT pg_current_wal_flush_lsn() - '0/0' AS lsn"

let database: FreshDatabase
let observer: Observer
let stream: TestStream

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.rows('CREATE SCHEMA people')
  await observer.rows('CREATE TABLE people.person (id int PRIMARY KEY, version int NOT NULL DEFAULT 0)')
  await observer.rows('CREATE TABLE people.other (id int PRIMARY KEY)')
  stream = await TestStream.start({ url: database.url }, TABLES)
})

afterAll(async () => {
  await stream[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

beforeEach(async () => {
  await stream.drained()
  stream.recorder.clear()
})

async function position(): Promise<number> {
  return Number((await observer.rows<{ lsn: string }>(POSITION))[0]?.lsn)
}

describe('the watermark', () => {
  test('moves on while nothing is written', async () => {
    for (let round = 0; round < 20; round++) {
      const since = clock.now()
      await stream.drained()
      expect(stream.recorder.lastWatermark.asOf).toBeGreaterThanOrEqual(since)
    }
  })

  test('covers what was acknowledged, whatever table it is of', async () => {
    for (let id = 0; id < 20; id++) {
      await observer.rows(`INSERT INTO people.${id % 2 === 0 ? 'person' : 'other'} VALUES (${id})`)
      const acknowledged = await position()
      await waitFor(
        () => {
          stream.stream.touch()
          return stream.recorder.lastWatermark.lsn >= acknowledged
        },
        { every: 1 },
      )
    }
  })

  test('moves on while a transaction is open that has written much', async () => {
    const writer = new pg.Client({ connectionString: database.url, application_name: 'writer' })
    await writer.connect()
    try {
      await writer.query('BEGIN')
      for (let round = 0; round < 20; round++) {
        await writer.query(
          'INSERT INTO people.other SELECT n FROM generate_series($1::int, $1::int + 150) AS n',
          [1_000 + round * 1_000],
        )
        const since = clock.now()
        await stream.drained()
        expect(stream.recorder.lastWatermark.asOf).toBeGreaterThanOrEqual(since)
      }
      await writer.query('ROLLBACK')
    } finally {
      await writer.end()
    }
  })
})

describe('no watermark claims what was not told', () => {
  test('under many writers', { timeout: 60_000 }, async () => {
    await observer.rows(
      'TRUNCATE people.person; INSERT INTO people.person SELECT n FROM generate_series(0, 7) AS n',
    )
    await stream.drained()
    const check = new Check()
    stream.recorder.onTold = (told) => check.told(told)
    const writers = await Promise.all(Array.from({ length: 8 }, (_, id) => Writer.connect(database.url, id)))
    const until = clock.now() + 4_000
    await Promise.all(writers.map((writer) => writer.run(until, check)))
    await stream.drained()
    stream.recorder.onTold = () => {}
    await Promise.all(writers.map((writer) => writer.end()))
    expect(check.violations).toEqual([])
    expect(check.acknowledged).toBeGreaterThan(50)
    expect(check.watermarks).toBeGreaterThan(5)
  })

  test('while what was sent is held up', async () => {
    await using proxy = await StreamProxy.before(database.url)
    await using held = await TestStream.start({ url: proxy.url }, TABLES)
    await held.drained()
    proxy.hold()
    await observer.rows('INSERT INTO people.person VALUES (500)')
    const acknowledged = await position()
    const asked = clock.now()
    await waitFor(() => {
      held.stream.touch()
      return clock.now() - asked > 500
    })
    expect(held.recorder.lastWatermark.lsn).toBeLessThan(acknowledged)
    expect(held.recorder.lastWatermark.asOf).toBeLessThan(asked)
    proxy.release()
    await held.drained()
    expect(held.recorder.lastWatermark.lsn).toBeGreaterThanOrEqual(acknowledged)
    expect(held.recorder.committedChanges).toHaveLength(1)
    expect(held.recorder.gaps).toEqual([])
  })
})

/** What was acknowledged, and when, against what the watermark claims. */
class Check {
  readonly violations: string[] = []
  acknowledged = 0
  watermarks = 0
  /** By row: the version that was told last. */
  readonly #told = new Map<string, number>()
  readonly #acknowledged: { id: string; version: number; lsn: number; at: number }[] = []

  told(told: Told): void {
    if (told.kind === 'gap') this.violations.push(`a gap: ${told.reason}`)
    if (told.kind === 'committed')
      for (const { row } of told.changes.rows)
        if (Object.hasOwn(row, 'version')) this.#told.set(row['id'] ?? '', Number(row['version']))
    if (told.kind !== 'watermark') return
    this.watermarks++
    const { lsn, asOf } = told.watermark
    for (const write of this.#acknowledged.splice(0)) {
      const isTold = (this.#told.get(write.id) ?? -1) >= write.version
      if (!isTold && write.lsn <= lsn) this.violations.push(`position ${write.lsn} of ${lsn}`)
      if (!isTold && write.at <= asOf) this.violations.push(`${write.at} as of ${asOf}`)
      if (!isTold) this.#acknowledged.push(write)
    }
  }

  acknowledge(id: number, version: number, lsn: number): void {
    this.acknowledged++
    this.#acknowledged.push({ id: String(id), version, lsn, at: clock.now() })
  }
}

/** Writes one row over and over, and asks for the position after each COMMIT. */
class Writer {
  readonly #client: pg.Client
  readonly #id: number
  #version = 0

  private constructor(client: pg.Client, id: number) {
    this.#client = client
    this.#id = id
  }

  static async connect(url: string, id: number): Promise<Writer> {
    const client = new pg.Client({ connectionString: url, application_name: 'writer' })
    await client.connect()
    return new Writer(client, id)
  }

  async run(until: number, check: Check): Promise<void> {
    while (clock.now() < until) {
      const version = ++this.#version
      const update = `UPDATE people.person SET version = ${version} WHERE id = ${this.#id}`
      const answers = await this.#client.query(
        `BEGIN; ${update}; COMMIT; SELECT pg_current_wal_insert_lsn() - '0/0' AS lsn`,
      )
      const last = (answers as unknown as pg.QueryResult<{ lsn: string }>[]).at(-1)
      check.acknowledge(this.#id, version, Number(last?.rows[0]?.lsn))
    }
  }

  async end(): Promise<void> {
    await this.#client.end()
  }
}
