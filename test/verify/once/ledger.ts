import { command, event, job, module } from 'fulcrum'
import { z } from 'zod'

/** Something that has happened to a key, for the `n`th time. */
const Fact = z.object({ key: z.string(), n: z.int() })

export const Recorded = event('ledger.Recorded', Fact, { key: ({ key }) => key })
/** The same, of another application. */
export const Reported = event('elsewhere.Reported', Fact, { key: ({ key }) => key })

/** Emits and enqueues what it is given, once for each `batch`, however often it is called. */
export const record = command('ledger.record', {
  input: z.object({ batch: z.int(), events: z.array(Fact), jobs: z.array(Fact) }),
  emits: [Recorded],
  contract: {
    idempotency: { key: ({ batch }: { batch: number }) => `batch ${batch}`, inFlight: 'wait' },
    transaction: { isolation: 'read committed' },
    latency: { deadline: '20s' },
  },
})

export const work = job('applied.work', {
  input: Fact,
  contract: {
    transaction: { isolation: 'read committed' },
    delivery: { attempts: 20, backoff: '1s', concurrency: 16 },
  },
})

export const ledger = module('ledger', {
  handlers: (on) => [
    on(
      record,
      async ({ events, jobs }, { emit, enqueue }) => {
        for (const fact of events) emit(Recorded, fact)
        for (const fact of jobs) await enqueue(work, fact)
      },
      { calls: [work] },
    ),
  ],
})

const delivery = {
  contract: { transaction: { isolation: 'read committed' }, delivery: { backoff: '100ms', concurrency: 8 } },
} as const

/** Writes down what it is given, in the order in which that is. Nothing keeps it from writing twice. */
export const applied = module('applied', {
  migrations: [
    {
      name: '0001',
      up: 'CREATE TABLE fact (at bigserial PRIMARY KEY, kind text NOT NULL, key text NOT NULL, n int NOT NULL)',
    },
  ],
  handlers: (on) => [
    on(
      Recorded,
      async ({ key, n }, { sql }) =>
        void (await sql`insert into applied.fact (kind, key, n) values ('event', ${key}, ${n})`),
      delivery,
    ),
    on(
      Reported,
      async ({ key, n }, { sql }) =>
        void (await sql`insert into applied.fact (kind, key, n) values ('from elsewhere', ${key}, ${n})`),
      delivery,
    ),
    on(
      work,
      async ({ key, n }, { sql }) =>
        void (await sql`insert into applied.fact (kind, key, n) values ('job', ${key}, ${n})`),
    ),
  ],
})

export type Fact = z.infer<typeof Fact>
