import { command, error, module } from 'fulcrum'
import { type App, createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { z } from 'zod'

/** An application with batched commands, whose forms count what they are called with. */

export const Unknown = error('meters.Unknown', { status: 404, data: z.object({ meter: z.int() }) })
const throughput = { batch: { size: 500, wait: '50ms' } } as const

/** Each id is recorded once; a second time violates a constraint. Meters from 1,000 on are unknown. */
export const record = command('meters.record', {
  input: z.object({ id: z.int(), meter: z.int() }),
  output: z.object({ id: z.int() }),
  errors: [Unknown],
  contract: { transaction: { isolation: 'read committed' }, throughput },
})

/** Adds to a counter, so that batches on two instances are in each other's way. */
export const add = command('meters.add', {
  input: z.object({ meter: z.int(), kwh: z.int() }),
  contract: { transaction: { isolation: 'serializable' }, throughput },
})

export const ACCEPTED_SIZE = 50

export const accept = command('meters.accept', {
  input: z.object({ id: z.int() }),
  contract: {
    transaction: { isolation: 'read committed' },
    throughput: { batch: { size: ACCEPTED_SIZE, wait: '50ms' }, acknowledge: 'accepted' },
  },
})

export interface MetersApp extends AsyncDisposable {
  readonly app: App
  /** How many calls each batch had. */
  readonly batches: number[]
  readonly log: string[]
}

export async function metersApp(url: string): Promise<MetersApp> {
  const batches: number[] = []
  const log: string[] = []
  const meters = module('meters', {
    migrations: [
      {
        name: '0001_meters',
        up: `CREATE TABLE reading (id int PRIMARY KEY, meter int);
             CREATE TABLE meter (id int PRIMARY KEY, kwh int NOT NULL);
             INSERT INTO meter SELECT id, 0 FROM generate_series(1, 3) id`,
      },
    ],
    handlers: (on) => [
      on(record, {
        many: async (inputs, { sql, failure }) => {
          batches.push(inputs.length)
          const known = inputs.filter(({ meter }) => meter < 1_000)
          await sql.query('INSERT INTO meters.reading SELECT * FROM unnest($1::int[], $2::int[])', [
            known.map(({ id }) => id),
            known.map(({ meter }) => meter),
          ])
          return inputs.map(({ id, meter }) => (meter < 1_000 ? { id } : failure(Unknown, { meter })))
        },
      }),
      on(add, {
        many: async (inputs, { sql }) => {
          batches.push(inputs.length)
          for (const { meter, kwh } of inputs)
            await sql`UPDATE meters.meter SET kwh = kwh + ${kwh} WHERE id = ${meter}`
        },
      }),
      on(accept, {
        many: async (inputs, { sql }) => {
          batches.push(inputs.length)
          await sql.query('INSERT INTO meters.reading SELECT unnest($1::int[])', [inputs.map(({ id }) => id)])
        },
      }),
    ],
  })
  const store = postgres({ url })
  const app = await createApp({ modules: [meters], store }, { log: (line) => log.push(line) }).start()
  return { app, batches, log, [Symbol.asyncDispose]: () => app.close() }
}
