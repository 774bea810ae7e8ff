import { command, error, type Module, module, query, type StepsContext, tag } from 'fulcrum'
import { type App, type AppConfig, createApp, defineConfig } from 'fulcrum/app'
import type { StoreSource } from 'fulcrum/postgres'
import { z } from 'zod'
import { ask } from './provider.ts'

/** An application that books trips: a seat here, a charge elsewhere, and a ticket here. */

const trip = tag('trip', z.string())
const Booking = z.object({ trip: z.string(), seats: z.int() })

export const SoldOut = error('trips.SoldOut', { status: 409, data: z.object({ left: z.int() }) })
export const Refused = error('trips.Refused', { status: 422 })

export const reserve = command('trips.reserve', {
  input: Booking,
  output: z.object({ left: z.int() }),
  errors: [SoldOut],
  changes: ({ trip: id }) => [trip(id)],
})

export const release = command('trips.release', {
  input: Booking,
  changes: ({ trip: id }) => [trip(id)],
})

export const issue = command('trips.issue', {
  input: Booking.extend({ charge: z.string() }),
  output: z.object({ ticket: z.int() }),
  errors: [Refused],
  changes: ({ trip: id }) => [trip(id)],
})

export const book = command('trips.book', {
  input: Booking,
  output: z.object({ ticket: z.int(), charge: z.string(), bookedAt: z.date(), number: z.string() }),
  errors: [SoldOut, Refused],
  http: 'POST /trips/:trip/bookings',
  status: 201,
  contract: {
    idempotency: { key: 'header', inFlight: 'wait' },
    steps: { within: '30s', attempts: 3, backoff: '20ms', timeout: '1s' },
    latency: { deadline: '20s' },
  },
})

export const bookImpatiently = command('trips.bookImpatiently', {
  input: Booking,
  output: z.object({ ticket: z.int() }),
  errors: [SoldOut, Refused],
  http: 'POST /trips/:trip/impatient',
  contract: { idempotency: { key: 'header' }, steps: { timeout: '5s' }, latency: { deadline: '200ms' } },
})

export const state = query('trips.state', {
  input: z.object({ trip: z.string() }),
  output: z.object({ left: z.int(), tickets: z.int() }),
  reads: ({ trip: id }) => [trip(id)],
  contract: { consistency: { session: 'read-your-writes' }, cache: { strategy: 'aside', ttl: '1m' } },
})

export interface TripsOptions {
  readonly store: StoreSource
  readonly provider: string
  readonly steps?: AppConfig['steps']
  /** Told of where the handler is. */
  readonly at?: (point: string) => void
}

type Ctx = StepsContext<typeof SoldOut | typeof Refused>

/** What the handlers do besides. */
export class Probe {
  runs = 0
  /** What the handler does instead of the usual. */
  script: ((input: z.infer<typeof Booking>, ctx: Ctx) => Promise<unknown>) | undefined
}

export function trips(
  { provider, at = () => {} }: Pick<TripsOptions, 'provider' | 'at'>,
  probe: Probe,
): Module {
  const booked = async (input: z.infer<typeof Booking>, ctx: Ctx) => {
    probe.runs += 1
    if (probe.script !== undefined) return (await probe.script(input, ctx)) as never
    await ctx.call(reserve, input, { compensate: (undo) => undo.call(release, input) })
    const charge = await ctx.step(
      'charge',
      async ({ key, signal }) => {
        at('before the charge')
        const { id } = await ask(`${provider}/charges`, { key, about: input.trip }, signal)
        at('after the charge')
        return id
      },
      {
        compensate: async ({ key, stepKey, signal }) => {
          at('before the refund')
          await ask(`${provider}/refunds`, { key, about: input.trip, charge: stepKey }, signal)
          at('after the refund')
        },
      },
    )
    const { ticket } = await ctx.call(issue, { ...input, charge })
    return { ticket, charge, bookedAt: ctx.now(), number: ctx.uuid() }
  }
  return module('trips', {
    migrations: [
      {
        name: '0001_trip',
        up: `CREATE TABLE trip (id text PRIMARY KEY, left_over int NOT NULL);
             INSERT INTO trip SELECT 't' || n, 10 FROM generate_series(1, 60) AS n;
             CREATE TABLE ticket (id int GENERATED ALWAYS AS IDENTITY, trip text NOT NULL, charge text NOT NULL)`,
      },
    ],
    handlers: (on) => [
      on(reserve, async ({ trip: id, seats }, { sql, fail }) => {
        const [row] = await sql<{ left: number }>`
          UPDATE trips.trip SET left_over = left_over - ${seats} WHERE id = ${id} RETURNING left_over AS left`
        const left = row?.left ?? 0
        return left < 0 ? fail(SoldOut, { left: left + seats }) : { left }
      }),
      on(release, async ({ trip: id, seats }, { sql }) => {
        await sql`UPDATE trips.trip SET left_over = left_over + ${seats} WHERE id = ${id}`
      }),
      on(issue, async ({ trip: id, seats, charge }, { sql, fail }) => {
        const [row] = await sql<{ ticket: number }>`
          INSERT INTO trips.ticket (trip, charge) VALUES (${id}, ${charge}) RETURNING id AS ticket`
        // So that the last step can fail for good.
        return seats === 7 ? fail(Refused) : { ticket: row?.ticket ?? 0 }
      }),
      on(book, booked),
      on(bookImpatiently, async (input, ctx) => ({ ticket: (await booked(input, ctx)).ticket })),
      on(state, async ({ trip: id }, { sql }) => {
        const [row] = await sql<{ left: number; tickets: number }>`
          SELECT left_over AS left, (SELECT count(*)::int FROM trips.ticket WHERE trip = trip.id) AS tickets
          FROM trips.trip WHERE id = ${id}`
        return row ?? { left: 0, tickets: 0 }
      }),
    ],
  })
}

export interface TripsApp extends AsyncDisposable {
  readonly app: App
  readonly url: string
  readonly probe: Probe
  readonly log: readonly string[]
}

/** One instance. The principal is what the header says. */
export async function tripsApp(options: TripsOptions): Promise<TripsApp> {
  const probe = new Probe()
  const log: string[] = []
  const app = createApp(
    defineConfig({
      modules: [trips(options, probe)],
      store: options.store,
      ...(options.steps && { steps: options.steps }),
      principal: (request) => {
        const id = request.header('x-user')
        return id === undefined ? undefined : { id }
      },
    }),
    { log: (line) => log.push(line) },
  )
  const { url } = await app.listen({ port: 0 })
  return { app, url, probe, log, [Symbol.asyncDispose]: () => app.close() }
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly replay: string | null
  readonly headers: Headers
}

export async function post(
  { url }: Pick<TripsApp, 'url'>,
  path: string,
  body: object,
  key: string,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    replay: response.headers.get('idempotent-replay'),
    headers: response.headers,
  }
}
