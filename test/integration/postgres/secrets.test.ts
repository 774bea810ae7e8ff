import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { isFulcrumError } from '../../../packages/fulcrum/src/kernel/errors/fulcrum-error.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clock, failureOf, Observer, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer

beforeEach(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
})

afterEach(async () => {
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** The secret as an instance of its own gets it. */
async function shared(url: string = database.url, name = 'session'): Promise<string> {
  await using instance = await TestStore.open({ url })
  const secret = await instance.secrets.shared(name, Deadline.after(clock, 20_000))
  return Buffer.from(secret).toString('hex')
}

describe('a shared secret', () => {
  test('is one, whoever asks first, also when all ask at once', async () => {
    const secrets = await Promise.all(Array.from({ length: 6 }, () => shared()))
    expect(new Set(secrets).size).toBe(1)
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(await shared()).toBe(secrets[0])
    expect(await shared(database.url, 'another')).not.toBe(secrets[0])
  })
})

describe('a user with few rights', () => {
  const role = `app_${process.pid}`
  const asRole = (): string => {
    const url = new URL(database.url)
    url.username = role
    url.password = 'secret'
    return url.href
  }

  beforeEach(() => observer.rows(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`))
  afterEach(() => observer.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))

  test('reads what somebody else has made', async () => {
    const secret = await shared()
    expect(isFulcrumError(await failureOf(shared(asRole())), 'FUL-4027')).toBe(true)
    await observer.client.query(
      `GRANT USAGE ON SCHEMA fulcrum TO ${role}; GRANT SELECT ON fulcrum.secret TO ${role}`,
    )
    expect(await shared(asRole())).toBe(secret)
  })

  test('is told what to do when nobody has', async () => {
    const error = await failureOf(shared(asRole()))
    expect(isFulcrumError(error, 'FUL-4027') && error.detail).toContain('permission denied')
  })
})
