import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import {
  balance,
  heldAt,
  post,
  type WalletApp,
  walletApp,
  withdraw,
  withdrawForNobody,
  withdrawOnce,
} from './wallet-app.ts'

let database: FreshDatabase
let client: pg.Client
let one: WalletApp
let two: WalletApp

beforeAll(async () => {
  database = await freshDatabase()
  one = await walletApp({ store: postgres({ url: database.url }) })
  two = await walletApp({ store: postgres({ url: database.url }) })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function balanceOf(id: string): Promise<number> {
  const { rows } = await client.query<{ balance: number }>(
    'SELECT balance FROM wallets.wallet WHERE id = $1',
    [id],
  )
  return rows[0]?.balance ?? Number.NaN
}

describe('a repetition', () => {
  test('gets status and body of the first call from another instance, and takes no effect', async () => {
    const headers = { 'idempotency-key': 'first' }
    const first = await post(one, '/wallets/w1/withdrawals', { amount: 10 }, headers)
    const again = await post(two, '/wallets/w1/withdrawals', { amount: 10 }, { 'idempotency-key': '"first"' })
    expect(first).toMatchObject({ status: 201, replay: null })
    expect(again).toMatchObject({ status: 201, replay: 'true', text: first.text })
    expect(await balanceOf('w1')).toBe(90)
    expect(two.probe.runs).toBe(0)
  })

  test('in process is given equal values, dates among them', async () => {
    const terms = { idempotencyKey: 'dates' }
    const first = await one.app.call(withdraw, { id: 'w2', amount: 1 }, terms)
    const again = await two.app.call(withdraw, { id: 'w2', amount: 1 }, terms)
    expect(first.at).toBeInstanceOf(Date)
    expect(again).toEqual(first)
  })

  test('of a call that a declared error answered gets that error, although it would succeed by now', async () => {
    const headers = { 'idempotency-key': 'refused' }
    const first = await post(one, '/wallets/w3/withdrawals', { amount: 500 }, headers)
    await client.query(`UPDATE wallets.wallet SET balance = 1000 WHERE id = 'w3'`)
    const again = await post(two, '/wallets/w3/withdrawals', { amount: 500 }, headers)
    expect(first).toMatchObject({
      status: 409,
      replay: null,
      body: { code: 'wallets.Empty', data: { balance: 100 } },
    })
    expect(again).toMatchObject({
      status: 409,
      replay: 'true',
      body: { code: 'wallets.Empty', data: { balance: 100 } },
    })
    expect(await balanceOf('w3')).toBe(1000)
  })

  test('with another input is refused', async () => {
    const headers = { 'idempotency-key': 'reused' }
    await post(one, '/wallets/w4/withdrawals', { amount: 1 }, headers)
    const other = await post(one, '/wallets/w4/withdrawals', { amount: 2 }, headers)
    expect(other).toMatchObject({ status: 422, body: { code: 'FUL-2015' } })
    expect(await balanceOf('w4')).toBe(99)
  })

  test('of somebody else, or of another command, is another call', async () => {
    const key = { 'idempotency-key': 'shared' }
    await post(one, '/wallets/w5/withdrawals', { amount: 1 }, { ...key, 'x-user': 'ann' })
    await post(one, '/wallets/w5/withdrawals', { amount: 1 }, { ...key, 'x-user': 'bob' })
    await post(one, '/wallets/w5/withdrawals', { amount: 1 }, key)
    await post(one, '/wallets/w5/waiting', { amount: 1 }, key)
    expect(await balanceOf('w5')).toBe(96)
  })

  test('tells the session what it has to see', async () => {
    const session = two.app.session()
    const terms = { idempotencyKey: 'session' }
    expect(await two.app.call(balance, { id: 'w6' }, { session })).toMatchObject({ balance: 100 })
    await one.app.call(withdraw, { id: 'w6', amount: 40 }, terms)
    await two.app.call(withdraw, { id: 'w6', amount: 40 }, { ...terms, session })
    expect(await two.app.call(balance, { id: 'w6' }, { session })).toMatchObject({ balance: 60 })
  })
})

describe('what is not kept', () => {
  test('an invalid input', async () => {
    const headers = { 'idempotency-key': 'invalid' }
    expect(await post(one, '/wallets/w7/withdrawals', { amount: 'x' }, headers)).toMatchObject({
      status: 400,
    })
    expect(await post(one, '/wallets/w7/withdrawals', { amount: 1 }, headers)).toMatchObject({
      status: 201,
      replay: null,
    })
  })

  test('a failure of the server', async () => {
    const headers = { 'idempotency-key': 'failing' }
    one.probe.fails = true
    expect(await post(one, '/wallets/w8/withdrawals', { amount: 1 }, headers)).toMatchObject({ status: 500 })
    one.probe.fails = false
    expect(await post(one, '/wallets/w8/withdrawals', { amount: 1 }, headers)).toMatchObject({
      status: 201,
      replay: null,
    })
    expect(await balanceOf('w8')).toBe(99)
  })

  test('an answer whose time is over, which makes room for the next', async () => {
    const terms = { idempotencyKey: 'short' }
    await one.app.call(withdrawForNobody, { id: 'w9', amount: 1 }, terms)
    await client.query('SELECT pg_sleep(0.01)')
    await one.app.call(withdrawForNobody, { id: 'w9', amount: 1 }, terms)
    expect(await balanceOf('w9')).toBe(98)
  })
})

describe('the key', () => {
  test('is required', async () => {
    expect(await post(one, '/wallets/w10/withdrawals', { amount: 1 })).toMatchObject({
      status: 400,
      body: { code: 'FUL-2014' },
    })
    await expect(one.app.call(withdraw, { id: 'w10', amount: 1 })).rejects.toThrow('FUL-2014')
  })

  test.each(['""', '"', 'a"b', 'two words', 'x'.repeat(256)])('is refused as %s', async (key) => {
    const answer = await post(one, '/wallets/w10/withdrawals', { amount: 1 }, { 'idempotency-key': key })
    expect(answer).toMatchObject({ status: 400, body: { code: 'FUL-2007' } })
  })

  test('is refused in process where nobody looks at it', async () => {
    const terms = { idempotencyKey: 'ignored' }
    await expect(one.app.call(balance, { id: 'w10' }, terms)).rejects.toThrow('FUL-1002 wallets.balance')
    const made = one.app.call(withdrawOnce, { id: 'w10', amount: 1, note: 'x' }, terms)
    await expect(made).rejects.toThrow('options.idempotencyKey')
    expect(await balanceOf('w10')).toBe(100)
  })

  test('may be made of the input', async () => {
    await one.app.call(withdrawOnce, { id: 'w11', amount: 1, note: 'rent' })
    await two.app.call(withdrawOnce, { id: 'w11', amount: 1, note: 'rent' })
    await two.app.call(withdrawOnce, { id: 'w11', amount: 1, note: 'food' })
    expect(await balanceOf('w11')).toBe(98)
    await expect(one.app.call(withdrawOnce, { id: 'w11', amount: 1 })).rejects.toThrow('FUL-3020')
  })
})

describe('while the first call runs, a repetition', () => {
  test('is refused, on either instance', async () => {
    const headers = { 'idempotency-key': 'busy' }
    let first: ReturnType<typeof post> | undefined
    const release = await heldAt(one.probe, () => {
      first = post(one, '/wallets/w12/withdrawals', { amount: 1 }, headers)
    })
    for (const instance of [one, two]) {
      const answer = await post(instance, '/wallets/w12/withdrawals', { amount: 1 }, headers)
      expect(answer).toMatchObject({ status: 409, body: { code: 'FUL-2016' } })
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    release()
    expect(await first).toMatchObject({ status: 201 })
    expect(await post(two, '/wallets/w12/withdrawals', { amount: 1 }, headers)).toMatchObject({
      replay: 'true',
    })
    expect(await balanceOf('w12')).toBe(99)
  })

  test('waits for its answer where that is declared', async () => {
    const headers = { 'idempotency-key': 'waiting' }
    let first: ReturnType<typeof post> | undefined
    const release = await heldAt(one.probe, () => {
      first = post(one, '/wallets/w13/waiting', { amount: 1 }, headers)
    })
    const second = post(two, '/wallets/w13/waiting', { amount: 1 }, headers)
    release()
    expect((await second).text).toBe((await first)?.text)
    expect(await balanceOf('w13')).toBe(99)
  })
})

test('a hundred calls with one key, over two instances, take effect once and get one answer', async () => {
  const headers = { 'idempotency-key': 'many' }
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      post(n % 2 === 0 ? one : two, '/wallets/w14/waiting', { amount: 1 }, headers),
    ),
  )
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers.filter(({ replay }) => replay === null)).toHaveLength(1)
  expect(await balanceOf('w14')).toBe(99)
})

test('calls with different keys do not fail each other, although their transactions are serializable', async () => {
  const before = one.probe.runs
  const calls = Array.from({ length: 30 }, (_, n) =>
    one.app.call(withdraw, { id: `w${n + 15}`, amount: 1 }, { idempotencyKey: `apart ${n}` }),
  )
  await Promise.all(calls)
  expect(one.probe.runs - before).toBe(30)
})
