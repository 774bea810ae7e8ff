import { command, error, module, query, type Sql, tag } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import type { StoreSource } from 'fulcrum/postgres'
import { z } from 'zod'
import { waitFor } from '../../support/wait-for.ts'

/** An application whose commands count what they do, so that doing it twice shows. */

const wallet = tag('wallet', z.string())
export const Empty = error('wallets.Empty', { status: 409, data: z.object({ balance: z.int() }) })
const Amount = z.object({ id: z.string(), amount: z.int(), note: z.string().optional() })
const Balance = z.object({ id: z.string(), balance: z.int(), at: z.date() })

const shared = {
  input: Amount,
  output: Balance,
  errors: [Empty],
  changes: ({ id }: z.infer<typeof Amount>) => [wallet(id)],
}

export const withdraw = command('wallets.withdraw', {
  ...shared,
  http: 'POST /wallets/:id/withdrawals',
  status: 201,
  contract: { idempotency: { key: 'header' } },
})

export const withdrawAndWait = command('wallets.withdrawAndWait', {
  ...shared,
  http: 'POST /wallets/:id/waiting',
  contract: {
    idempotency: { key: 'header', inFlight: 'wait' },
    latency: { deadline: '20s' },
    transaction: { isolation: 'read committed' },
  },
})

export const withdrawOnce = command('wallets.withdrawOnce', {
  ...shared,
  contract: { idempotency: { key: ({ note }: z.infer<typeof Amount>) => note ?? '', ttl: '1h' } },
})

export const withdrawForNobody = command('wallets.withdrawForNobody', {
  ...shared,
  contract: { idempotency: { key: 'header', ttl: '1ms' } },
})

export const balance = query('wallets.balance', {
  input: z.object({ id: z.string() }),
  output: z.object({ id: z.string(), balance: z.int() }),
  http: 'GET /wallets/:id',
  reads: ({ id }) => [wallet(id)],
  contract: { consistency: { session: 'read-your-writes' }, cache: { strategy: 'aside', ttl: '1m' } },
})

/** What the handlers do besides: how often they ran, what they wait for after their statement, whether they fail then. */
export class Probe {
  runs = 0
  hold: Promise<void> | undefined = undefined
  fails = false
}

interface TakeContext {
  readonly sql: Sql
  readonly fail: (error: typeof Empty, data: { balance: number }) => never
  readonly now: () => Date
}

function wallets(probe: Probe) {
  return module('wallets', {
    migrations: [
      {
        name: '0001_wallet',
        up: `CREATE TABLE wallet (id text PRIMARY KEY, balance int NOT NULL);
             INSERT INTO wallet SELECT 'w' || n, 100 FROM generate_series(1, 50) AS n`,
      },
    ],
    handlers: (on) => {
      const take = async (
        { id, amount }: z.infer<typeof Amount>,
        { sql, fail, now }: TakeContext,
      ): Promise<z.input<typeof Balance>> => {
        probe.runs += 1
        const [row] = await sql<{ balance: number }>`
          UPDATE wallets.wallet SET balance = balance - ${amount} WHERE id = ${id} RETURNING balance`
        const left = row?.balance ?? 0
        await probe.hold
        if (probe.fails) throw new Error('broken')
        if (left < 0) fail(Empty, { balance: left + amount })
        return { id, balance: left, at: now() }
      }
      return [
        on(withdraw, take),
        on(withdrawAndWait, take),
        on(withdrawOnce, take),
        on(withdrawForNobody, take),
        on(balance, async ({ id }, { sql }) => {
          const [row] = await sql<{ balance: number }>`SELECT balance FROM wallets.wallet WHERE id = ${id}`
          return { id, balance: row?.balance ?? 0 }
        }),
      ]
    },
  })
}

export interface WalletApp extends AsyncDisposable {
  readonly app: App
  readonly url: string
  readonly probe: Probe
}

/** Where a process may be killed on the way of a withdrawal. */
export const CRASH_POINTS = [
  'before the transaction',
  'before statement 1',
  'after statement 1',
  'before the commit',
  'after the commit',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

/** One instance. The principal is what the header says. */
export async function walletApp({ store }: { readonly store: StoreSource }): Promise<WalletApp> {
  const probe = new Probe()
  const app = createApp(
    defineConfig({
      modules: [wallets(probe)],
      store,
      principal: (request) => {
        const id = request.header('x-user')
        return id === undefined ? undefined : { id }
      },
    }),
    { log: () => {} },
  )
  const { url } = await app.listen({ port: 0 })
  return { app, url, probe, [Symbol.asyncDispose]: () => app.close() }
}

/** A withdrawal over HTTP, and what of its answer matters. */
export async function post(
  { url }: Pick<WalletApp, 'url'>,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{
  status: number
  body: Record<string, unknown>
  text: string
  replay: string | null
  headers: Headers
}> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: JSON.parse(text) as Record<string, unknown>,
    text,
    replay: response.headers.get('idempotent-replay'),
    headers: response.headers,
  }
}

/** Holds the handlers of an instance until what is returned is called; resolves when one is there. */
export async function heldAt(probe: Probe, begin: () => void): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const before = probe.runs
  probe.hold = promise
  begin()
  await waitFor(() => probe.runs > before, { what: 'the handler has begun' })
  return () => {
    probe.hold = undefined
    resolve()
  }
}
