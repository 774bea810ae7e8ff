import type { App, AuditReport } from 'fulcrum/app'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { RedisServer } from '../redis/redis-server.ts'
import {
  type AuditedOptions,
  auditedApp,
  byEvent,
  byLog,
  byTime,
  fromReplica,
  write,
  writeSilently,
} from './audited-app.ts'

type Read = typeof byEvent | typeof byTime | typeof byLog | typeof fromReplica

const log: string[] = []
let database: FreshDatabase
let server: RedisServer
let psql: pg.Client
let app: App
let other: App

beforeAll(async () => {
  database = await freshDatabase()
  server = await RedisServer.start()
  const { url, replicaUrl } = database
  const options: AuditedOptions = {
    url,
    replicaUrl,
    redisUrl: server.url,
    log: (line) => void log.push(line),
  }
  app = await auditedApp(options)
  other = await auditedApp(options)
  psql = new pg.Client({ connectionString: url })
  await psql.connect()
})
afterAll(async () => {
  await psql.end()
  await app.close()
  await other.close()
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const reportOf = ({ name }: Read, of: App = app): AuditReport => {
  const report = of.audit().find(({ operation }) => operation === name)
  if (report === undefined) throw new Error(`${name} is not audited`)
  return report
}
const textOf = async (read: Read, id: string, of: App = app): Promise<string> =>
  (await of.call(read, { id })).text

/** Asks until an audit has found this of an answer, on whichever instance: each of them looks, and mends for both. */
async function untilFound(
  read: Read,
  id: string,
  outcome: 'held' | 'allowed' | 'undeclared' | 'violated',
  deadline = 30_000,
) {
  const found = (): number => reportOf(read)[outcome] + reportOf(read, other)[outcome]
  const before = found()
  await waitFor(
    async () => {
      await textOf(read, id)
      return found() > before
    },
    { every: 50, deadline, what: `an answer that is ${outcome}` },
  )
}

/** Changes a row of a table that `rows` forgets, and resolves with the id whose answer was found to lack that. */
async function forgotten(): Promise<string> {
  const id = `forgotten ${crypto.randomUUID()}`
  await psql.query("INSERT INTO followed.word VALUES ($1, 'old')", [id])
  await untilSays(byLog, id, 'old')
  await psql.query("INSERT INTO followed.accent VALUES ($1, '!')", [id])
  await untilFound(byLog, id, 'violated', 8_000)
  return id
}

const untilSays = (read: Read, id: string, text: string, of: App = app): Promise<unknown> =>
  waitFor(async () => (await textOf(read, id, of)) === text, { deadline: 30_000, what: text })

describe('the audit', () => {
  test('finds answers that have held', async () => {
    await app.call(write, { id: 'kept', text: 'kept' })
    await psql.query("INSERT INTO followed.word VALUES ('kept', 'kept')")
    for (const read of [byEvent, byTime, byLog, fromReplica]) {
      await untilSays(read, 'kept', 'kept')
      await untilFound(read, 'kept', 'held')
      expect(reportOf(read)).toMatchObject({ undeclared: 0, violated: 0 })
    }
  })

  test('finds what psql has written behind the back of a cache, and mends it on all instances', async () => {
    await app.call(write, { id: 'psql', text: 'old' })
    for (const instance of [app, other]) await untilSays(byEvent, 'psql', 'old', instance)
    await psql.query("UPDATE words.word SET text = 'new' WHERE id = 'psql'")
    await untilFound(byEvent, 'psql', 'undeclared')
    for (const instance of [app, other]) await untilSays(byEvent, 'psql', 'new', instance)
    expect(log.join('\n')).toMatch(/Audit: an answer of words\.byEvent from a cache lacks a change/)
    expect(log.join('\n')).not.toContain('word(psql)')
    expect(reportOf(byEvent).violated).toBe(0)
  })

  test('finds a command that does not name what it changes', async () => {
    await app.call(write, { id: 'silent', text: 'old' })
    await untilSays(byEvent, 'silent', 'old')
    await app.call(writeSilently, { id: 'silent', text: 'new' })
    await untilFound(byEvent, 'silent', 'undeclared')
    await untilSays(byEvent, 'silent', 'new')
    expect(reportOf(byEvent).violated).toBe(0)
  })

  test('finds a table that rows forget, which breaks the bound of what follows the log', async () => {
    // An answer that was not kept, or not for long enough, is not found: then another one is.
    const id = await waitFor(forgotten, { deadline: 80_000 })
    await untilSays(byLog, id, 'old!')
    expect(reportOf(byLog).nines).toBeGreaterThan(0)
  }, 120_000)

  test('says nothing of a table that rows name', async () => {
    await psql.query("INSERT INTO followed.word VALUES ('followed', 'old')")
    await untilSays(byLog, 'followed', 'old')
    const { violated, undeclared } = reportOf(byLog)
    await psql.query("UPDATE followed.word SET text = 'new' WHERE id = 'followed'")
    await untilSays(byLog, 'followed', 'new')
    await untilFound(byLog, 'followed', 'held')
    expect(reportOf(byLog)).toMatchObject({ violated, undeclared })
  })

  test('does not count what the contract allows', async () => {
    await app.call(write, { id: 'bounded', text: 'old' })
    await untilSays(byTime, 'bounded', 'old')
    await psql.query("UPDATE words.word SET text = 'new' WHERE id = 'bounded'")
    await untilSays(byTime, 'bounded', 'new')
    await untilFound(byTime, 'bounded', 'held')
    expect(reportOf(byTime)).toMatchObject({ violated: 0, undeclared: 0 })
    expect(reportOf(fromReplica)).toMatchObject({ violated: 0, undeclared: 0 })
  })
})
