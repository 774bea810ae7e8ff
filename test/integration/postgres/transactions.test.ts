import { formatLsn } from '../../../packages/fulcrum/src/adapters/postgres/lsn.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { call, failureOf, Observer, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer
let store: TestStore

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.client.query(
    'CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0))',
  )
  store = await TestStore.start({ url: database.url })
})

beforeEach(async () => {
  await observer.client.query('TRUNCATE account; INSERT INTO account VALUES (1, 100), (2, 100)')
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const CHANGE = 'UPDATE account SET balance = balance + $2 WHERE id = $1'

async function balances(): Promise<unknown[]> {
  return (await observer.rows('SELECT balance FROM account ORDER BY id')).map(({ balance }) => balance)
}

describe('COMMIT', () => {
  test('makes all statements take effect and tells a position that contains them', async () => {
    const facts = call()
    const { value, position } = await store.transaction(
      async (tx) => {
        const taken = await tx.run(CHANGE, [1, -30])
        const given = await tx.run(CHANGE, [2, 30])
        return [taken.rowCount, given.rowCount]
      },
      { facts },
    )
    expect(value).toEqual([1, 1])
    expect(await balances()).toEqual([70, 130])
    const [row] = await observer.rows(
      `SELECT $1::pg_lsn <= pg_current_wal_insert_lsn() AS reached, $1::pg_lsn > '0/0' AS positive`,
      [formatLsn(position?.lsn ?? 0)],
    )
    expect(row).toEqual({ reached: true, positive: true })
    expect(facts.timings.map(({ text, rows }) => [text, rows])).toEqual([
      [CHANGE, 1],
      [CHANGE, 1],
    ])
  })

  test('takes along what is to be run with it, in its order and in the same message', async () => {
    const facts = call()
    const { position } = await store.transaction(
      async (tx) => {
        await tx.run(CHANGE, [1, -30])
        tx.withCommit(CHANGE, [2, 10])
        tx.withCommit('UPDATE account SET balance = balance * 2 WHERE id = $1', [2])
      },
      { facts },
    )
    expect(position).toBeDefined()
    expect(await balances()).toEqual([70, 220])
    expect(facts.timings).toHaveLength(3)
  })

  test('has a transaction of its own for what is to be run with it, where there is nothing else', async () => {
    const { position } = await store.transaction(async (tx) => tx.withCommit(CHANGE, [1, 5]))
    expect(position).toBeDefined()
    expect(await balances()).toEqual([105, 100])
  })

  test('fails with what travels with it, and nothing is committed', async () => {
    const failed = await failureOf(
      store.transaction(async (tx) => {
        await tx.run(CHANGE, [1, 5])
        tx.withCommit(CHANGE, [2, -1000])
      }),
    )
    expect(failed).toMatchObject({ code: 'FUL-4004', cause: { code: '23514' } })
    expect(await balances()).toEqual([100, 100])
  })

  test('does not carry out the first statement where a condition in front of it refuses', async () => {
    const refusal = new Error('refused')
    const values = [1]
    const condition = { expression: '1 / ($1::int - 1)', values, refusedBy: '22012', refusal }
    const failed = await failureOf(
      store.transaction(async (tx) => {
        tx.startWith(condition)
        await tx.run(CHANGE, [1, 5]).catch(() => {})
        expect(tx.failure).toBe(refusal)
      }),
    )
    expect(failed).toBe(refusal)
    expect(await balances()).toEqual([100, 100])
    const passed = { ...condition, values: [2] }
    await store.transaction(async (tx) => {
      tx.startWith(passed)
      expect((await tx.run(CHANGE, [1, 5])).rowCount).toBe(1)
    })
    expect(await balances()).toEqual([105, 100])
  })

  test('fails as a condition that travels with it says', async () => {
    const refusal = new Error('there already')
    const failed = await failureOf(
      store.transaction(async (tx) => {
        await tx.run(CHANGE, [1, 5])
        tx.withCommit('INSERT INTO account VALUES ($1, 0)', [2], { refusedBy: '23505', refusal })
      }),
    )
    expect(failed).toBe(refusal)
    expect(await balances()).toEqual([100, 100])
  })

  test('positions never go backwards from one transaction to the next', async () => {
    let last = 0
    for (let round = 0; round < 20; round++) {
      const { position } = await store.transaction((tx) => tx.run(CHANGE, [1, 1]))
      expect(position?.lsn).toBeGreaterThan(last)
      last = position?.lsn ?? 0
    }
  })

  test('has nothing to do for a transaction without statements', async () => {
    const before = store.node().connections.open
    const { value, position } = await store.transaction(async () => 'nothing')
    expect(value).toBe('nothing')
    expect(position).toBeUndefined()
    expect(store.node().connections.open).toBe(before)
  })

  test('that a deferred constraint refuses is an error of the server', async () => {
    await observer.rows(
      'CREATE TABLE IF NOT EXISTS unique_late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
    )
    const twice = store.transaction(async (tx) => {
      await tx.run('INSERT INTO unique_late VALUES (1)', [])
      await tx.run('INSERT INTO unique_late VALUES (1)', [])
    })
    await expect(twice).rejects.toMatchObject({ code: '23505' })
    expect(await observer.rows('SELECT * FROM unique_late')).toEqual([])
  })
})

describe('ROLLBACK', () => {
  test('follows whatever the work throws, which passes', async () => {
    const reason = new Error('changed my mind')
    const failing = store.transaction(async (tx) => {
      await tx.run(CHANGE, [1, -30])
      throw reason
    })
    expect(await failureOf(failing)).toBe(reason)
    await store.settled()
    expect(await balances()).toEqual([100, 100])
  })

  test('follows a statement that fails; its error passes', async () => {
    const failing = store.transaction(async (tx) => {
      await tx.run(CHANGE, [2, 1])
      await tx.run(CHANGE, [1, -101])
    })
    await expect(failing).rejects.toMatchObject({ code: '23514' })
    await store.settled()
    expect(await balances()).toEqual([100, 100])
  })

  test('follows a failed statement also when the work goes on as if nothing had happened', async () => {
    const swallowing = store.transaction(async (tx) => {
      await tx.run(CHANGE, [2, 1])
      await tx.run(CHANGE, [1, -101]).catch(() => {})
      return 'done'
    })
    expect(await failureOf(swallowing)).toMatchObject({ code: 'FUL-4004', cause: { code: '23514' } })
    const continuing = store.transaction(async (tx) => {
      await tx.run(CHANGE, [1, -101]).catch(() => {})
      await tx.run(CHANGE, [2, 1])
    })
    expect(await failureOf(continuing)).toMatchObject({ code: 'FUL-4004' })
    expect(await balances()).toEqual([100, 100])
  })

  test('follows a failed statement that nobody waited for', async () => {
    const careless = store.transaction(async (tx) => {
      await tx.run(CHANGE, [2, 1])
      void tx.run(CHANGE, [1, -101]).catch(() => {})
      await tx.run('SELECT 1', []).catch(() => {})
    })
    expect(await failureOf(careless)).toMatchObject({ code: 'FUL-4004' })
    const hasty = store.transaction(async (tx) => {
      await tx.run(CHANGE, [2, 1])
      void tx.run(CHANGE, [1, -101]).catch(() => {})
    })
    expect(await failureOf(hasty)).toMatchObject({ code: 'FUL-4004' })
    await store.settled()
    expect(await balances()).toEqual([100, 100])
  })

  test('follows a first statement that fails', async () => {
    for (const text of ['SELECT 1/0', 'SELECT nothing', 'SELEC'])
      await expect(store.transaction((tx) => tx.run(text, []))).rejects.toMatchObject({
        severity: 'ERROR',
      })
    await store.settled()
    const states = new Set((await observer.sessions()).map(({ state }) => state))
    expect(states).toEqual(new Set(['idle']))
  })
})

describe('statements', () => {
  test('that begin together run in one transaction, in order', async () => {
    const ids = await store.transaction(async (tx) => {
      const text = 'SELECT pg_current_xact_id()::text AS id, pg_backend_pid() AS pid'
      const results = await Promise.all(Array.from({ length: 5 }, () => tx.run(text, [])))
      return new Set(results.map(({ rows }) => JSON.stringify(rows[0])))
    })
    expect(ids.value.size).toBe(1)
  })

  test.each([
    ['serializable', 'serializable'],
    ['repeatable read', 'repeatable read'],
    ['read committed', 'read committed'],
  ] as const)('run at the declared level: %s', async (isolation, expected) => {
    const { value } = await store.transaction(
      async (tx) => (await tx.run('SHOW transaction_isolation', [])).rows,
      { isolation },
    )
    expect(value).toEqual([{ transaction_isolation: expected }])
  })

  test.each(['COMMIT', 'ROLLBACK', 'BEGIN', 'SAVEPOINT a', '/* sneaky */ commit'])(
    '%s is the runtime’s business',
    async (text) => {
      const meddling = store.transaction(async (tx) => {
        await tx.run(CHANGE, [1, -30])
        await tx.run(text, [])
      })
      expect(await failureOf(meddling)).toMatchObject({ code: 'FUL-4006' })
      await store.settled()
      expect(await balances()).toEqual([100, 100])
    },
  )

  test('are refused when the transaction has ended', async () => {
    let kept: { run(text: string, values: readonly unknown[]): Promise<unknown> } | undefined
    await store.transaction(async (tx) => {
      kept = tx
      await tx.run(CHANGE, [1, 1])
    })
    await expect(kept?.run(CHANGE, [1, 1])).rejects.toMatchObject({ code: 'FUL-3012' })
    expect(await balances()).toEqual([101, 100])
  })

  test('leave no setting behind for the next call', async () => {
    const pids = new Set<unknown>()
    for (let round = 0; round < 5; round++)
      await store.transaction(async (tx) => {
        const { rows } = await tx.run('SELECT pg_backend_pid() AS pid', [])
        pids.add(rows[0]?.['pid'])
        await tx.run('SET LOCAL search_path TO nowhere', [])
        await tx.run("SELECT set_config('search_path', 'elsewhere', true)", [])
      })
    // Local settings end with the transaction, so the connection is kept.
    expect(pids.size).toBe(1)
    await store.transaction((tx) => tx.run('SET search_path TO nowhere', []))
    await store.settled()
    const { value } = await store.transaction(async (tx) => (await tx.run('SHOW search_path', [])).rows)
    expect(value).toEqual([{ search_path: '"$user", public' }])
  })
})

describe('contention', () => {
  test('surfaces as what may be repeated: serialization failure', async () => {
    const arrived = Promise.withResolvers<void>()
    let waiting = 0
    const together = async (): Promise<void> => {
      if (++waiting === 2) arrived.resolve()
      await arrived.promise
    }
    const withdraw = (id: number): Promise<unknown> =>
      store.transaction(async (tx) => {
        await tx.run('SELECT sum(balance) FROM account', [])
        await together()
        await tx.run(CHANGE, [id, -10])
      })
    const outcomes = await Promise.allSettled([withdraw(1), withdraw(2)])
    const failures = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => reason as unknown)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject({ code: '40001' })
    expect(store.store.isSerializationFailure(failures[0])).toBe(true)
  })

  test('surfaces as what may be repeated: deadlock', async () => {
    const arrived = Promise.withResolvers<void>()
    let waiting = 0
    const move = (from: number, to: number): Promise<unknown> =>
      store.transaction(
        async (tx) => {
          await tx.run(CHANGE, [from, -1])
          if (++waiting === 2) arrived.resolve()
          await arrived.promise
          await tx.run(CHANGE, [to, 1])
        },
        { isolation: 'read committed' },
      )
    const outcomes = await Promise.allSettled([move(1, 2), move(2, 1)])
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as unknown
    expect(failure).toMatchObject({ code: '40P01' })
    expect(store.store.isSerializationFailure(failure)).toBe(true)
  })

  test('stays what it is when the work swallows it', async () => {
    await using rival = await Observer.connect(database.url)
    const swallowing = store.transaction(
      async (tx) => {
        await tx.run('SELECT 1', [])
        await rival.rows(CHANGE, [1, 1])
        await tx.run(CHANGE, [1, 1]).catch(() => {})
      },
      { isolation: 'repeatable read' },
    )
    const failure = await failureOf(swallowing)
    expect(store.store.isSerializationFailure(failure)).toBe(true)
  })

  test('nothing else may be repeated', () => {
    for (const error of [
      undefined,
      'text',
      new Error('40001'),
      { code: '40001' },
      { code: '23505', severity: 'ERROR' },
    ])
      expect(store.store.isSerializationFailure(error)).toBe(false)
  })

  test('a plan that a migration has outdated may be repeated, and succeeds then', async () => {
    await observer.rows('CREATE TABLE moving (a int)')
    const read = (): Promise<unknown> =>
      store
        .transaction(async (tx) => (await tx.run('SELECT * FROM moving', [])).rows)
        .then(({ value }) => value)
    for (let round = 0; round < 3; round++) await read()
    await observer.rows('ALTER TABLE moving ADD COLUMN b int')
    const failure = await failureOf(read())
    expect(failure).toMatchObject({ code: '0A000' })
    expect(store.store.isSerializationFailure(failure)).toBe(true)
    await store.settled()
    expect(await read()).toEqual([])
    await observer.rows('DROP TABLE moving')
  })
})
