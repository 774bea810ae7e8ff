import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresIdempotencyLog } from '../../../packages/fulcrum/src/adapters/postgres/idempotency-log.ts'
import { OWN_TABLES } from '../../../packages/fulcrum/src/adapters/postgres/own-tables/own-tables.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import {
  AnsweredElsewhere,
  type AnswerToKeep,
  ClaimedElsewhere,
} from '../../../packages/fulcrum/src/ports/idempotency-log.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clock } from '../../support/parts.ts'
import { failureOf, TestStore } from './harness.ts'

let database: FreshDatabase
let store: TestStore
const log = new PostgresIdempotencyLog()

beforeAll(async () => {
  database = await freshDatabase()
  store = await TestStore.start({ url: database.url })
  await store.migrations.apply([OWN_TABLES], Deadline.after(clock, 10_000))
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

let count = 0
function answer(more: Partial<AnswerToKeep> = {}): AnswerToKeep {
  count += 1
  const id = String(count).padStart(32, '0')
  return {
    id,
    operation: 'a.b',
    fingerprint: 'f'.repeat(32),
    answer: Buffer.from('yes'),
    ttl: 60_000,
    ...more,
  }
}

async function keep(kept: AnswerToKeep): Promise<unknown> {
  return store.transaction(async (tx) => log.keep(tx, kept))
}

async function found(id: string): Promise<unknown> {
  return (await store.transaction((tx) => log.find(tx, id))).value
}

describe('an answer', () => {
  test('is found as it was kept', async () => {
    const kept = answer()
    expect(await found(kept.id)).toBeUndefined()
    await keep(kept)
    expect(await found(kept.id)).toEqual({ fingerprint: kept.fingerprint, answer: kept.answer })
  })

  test('is there exactly when its transaction is', async () => {
    const kept = answer()
    await failureOf(
      store.transaction(async (tx) => {
        log.keep(tx, kept)
        throw new Error('rolled back')
      }),
    )
    expect(await found(kept.id)).toBeUndefined()
  })

  test('is kept once: the transaction that comes second fails, and nothing of it remains', async () => {
    const first = answer()
    const other = answer()
    await keep(first)
    const failure = await failureOf(
      store.transaction(async (tx) => {
        await log.keepFirst(tx, other)
        log.keep(tx, { ...first, answer: Buffer.from('no') })
      }),
    )
    expect(failure).toBeInstanceOf(AnsweredElsewhere)
    expect(await found(first.id)).toMatchObject({ answer: first.answer })
    expect(await found(other.id)).toBeUndefined()
  })

  test('without effects gives way to one that is there', async () => {
    const first = answer()
    await keep(first)
    const second = { ...first, answer: Buffer.from('no') }
    expect((await store.transaction((tx) => log.keepFirst(tx, second))).value).toBe(false)
    expect((await store.transaction((tx) => log.keepFirst(tx, answer()))).value).toBe(true)
    expect(await found(first.id)).toMatchObject({ answer: first.answer })
  })

  test('is looked for among many', async () => {
    const [one, two] = [answer(), answer()]
    await keep(one)
    const { value } = await store.transaction((tx) => log.findAny(tx, [one.id, two.id]))
    expect(value).toEqual(new Set([one.id]))
  })
})

describe('a claim', () => {
  test('lets a transaction fail before its first statement takes effect, while another one has it', async () => {
    const { id } = answer()
    const kept = answer()
    const claiming = async (work: () => Promise<unknown>): Promise<unknown> =>
      store.transaction(async (tx) => {
        log.claim(tx, id)
        await log.keepFirst(tx, { ...kept, id: answer().id })
        await work()
      })
    await claiming(async () => {
      const failure = await failureOf(
        store.transaction(async (tx) => {
          log.claim(tx, id)
          await log.keepFirst(tx, kept)
        }),
      )
      expect(failure).toBeInstanceOf(ClaimedElsewhere)
    })
    expect(await found(kept.id)).toBeUndefined()
    // It has ended with its transaction.
    await claiming(async () => {})
  })
})

describe('an answer whose time is over', () => {
  test('is told as such, and makes room when it is forgotten', async () => {
    const kept = answer({ ttl: 0 })
    await keep(kept)
    expect(await found(kept.id)).toBe('expired')
    await store.transaction((tx) => log.forget(tx, kept.id))
    expect(await found(kept.id)).toBeUndefined()
  })

  test('is forgotten in batches, and no other', async () => {
    const stays = answer()
    await keep(stays)
    for (const each of [answer({ ttl: 0 }), answer({ ttl: 0 }), answer({ ttl: 0 })]) await keep(each)
    const batch = async (): Promise<number> =>
      (await store.transaction((tx) => log.forgetExpired(tx, 2))).value
    expect([await batch(), await batch(), await batch()]).toEqual([2, 1, 0])
    expect(await found(stays.id)).toBeDefined()
    await store.transaction((tx) => log.forget(tx, stays.id))
    expect(await found(stays.id)).toBeDefined()
  })
})
