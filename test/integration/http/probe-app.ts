import { command, error, isDomainError, module, type PrincipalResolver, query } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import type { GatewaySettings } from 'fulcrum/http'
import { z } from 'zod'

/** An application whose operations show what HTTP makes of requests and answers. It has no database: what is tested is the way there and back. */

export const Taken = error('probe.Taken', { status: 409, data: z.object({ id: z.string(), by: z.string() }) })
export const Unauthenticated = error('probe.Unauthenticated', { status: 401 })

const Anything = z.record(z.string(), z.unknown())

export const echo = query('probe.echo', {
  input: z.object({
    id: z.string().max(2000),
    count: z.int().optional(),
    ratio: z.number().optional(),
    on: z.boolean().optional(),
    tags: z.array(z.string()).optional(),
    sizes: z.array(z.int()).optional(),
    level: z.union([z.literal('auto'), z.int()]).optional(),
    limit: z.int().min(1).max(100).default(20),
  }),
  output: Anything,
  http: 'GET /echo/:id',
})

export const numbered = query('probe.numbered', {
  input: z.object({ n: z.int(), on: z.boolean() }),
  output: z.object({ n: z.int(), on: z.boolean() }),
  http: 'GET /numbered/:n/:on',
})

export const strict = query('probe.strict', {
  input: z.strictObject({ a: z.string() }),
  output: z.object({ a: z.string() }),
  http: 'GET /strict',
})

const Thing = z.object({ id: z.string(), name: z.string(), size: z.int(), version: z.int() })

export const create = command('probe.create', {
  input: z.object({ name: z.string().min(1), size: z.int().positive(), extra: z.unknown().optional() }),
  output: z.object({ name: z.string(), size: z.int(), extra: z.unknown().optional() }),
  http: 'POST /things',
  status: 201,
  contract: { idempotency: 'none' },
})

export const update = command('probe.update', {
  input: z.object({ id: z.string(), name: z.string().optional(), size: z.int().optional() }),
  output: Thing,
  errors: [Taken],
  version: ({ version }) => version,
  http: 'PATCH /things/:id',
  contract: { idempotency: 'none' },
})

export const remove = command('probe.remove', {
  input: z.object({ id: z.string(), force: z.boolean().default(false) }),
  http: 'DELETE /things/:id',
  contract: { idempotency: 'none' },
})

export const whoami = query('probe.whoami', { output: Anything, http: 'GET /whoami' })
export const secret = query('probe.secret', { output: Anything, http: 'GET /secret' })
export const notANumber = query('probe.notANumber', { output: z.unknown(), http: 'GET /not-a-number' })
export const slow = query('probe.slow', {
  input: z.object({ note: z.string().default('') }),
  output: Anything,
  http: 'GET /slow',
  contract: { latency: { deadline: '5s' } },
})
export const budget = query('probe.budget', {
  output: z.object({ remaining: z.number() }),
  http: 'GET /budget',
  contract: { latency: { deadline: '5s' } },
})
export const accepted = command('probe.accepted', {
  http: 'POST /accepted',
  status: 202,
  contract: { idempotency: 'none' },
})

/** What the slow operation has seen of its callers. */
export interface SlowCalls {
  readonly started: string[]
  readonly aborted: string[]
}

export interface ProbeApp {
  readonly app: App
  readonly slowCalls: SlowCalls
  /** Lines that the application logged. */
  readonly log: readonly string[]
}

export interface ProbeOptions {
  readonly http?: GatewaySettings
  readonly principal?: PrincipalResolver
}

export async function probeApp(options: ProbeOptions = {}): Promise<ProbeApp> {
  const slowCalls: SlowCalls = { started: [], aborted: [] }
  const log: string[] = []
  const config = defineConfig({
    name: 'Probe',
    modules: [probe(slowCalls)],
    principal: options.principal ?? principalOf,
    ...(options.http !== undefined && { http: options.http }),
  })
  const app = await createApp(config, { env: {}, log: (line) => log.push(line) }).start()
  return { app, slowCalls, log }
}

/** From a header, after a turn of the event loop; `refused` is refused with a declared error, `broken` breaks. */
const principalOf: PrincipalResolver = async (request) => {
  const id = request.header('X-User')
  await Promise.resolve()
  if (id === 'refused') throw new (await domainError())(Unauthenticated, undefined)
  if (id === 'broken') throw new Error('the user table is at 10.0.0.5')
  return id === undefined ? undefined : { id, roles: [request.method, request.path] }
}

async function domainError(): Promise<typeof import('fulcrum').DomainError> {
  return (await import('fulcrum')).DomainError
}

const probe = (calls: SlowCalls) =>
  module('probe', {
    handlers: (on) => [
      on(echo, (input) => input),
      on(numbered, (input) => input),
      on(strict, (input) => input),
      on(create, (input) => input),
      on(update, ({ id, name = 'unnamed', size = 1 }, { fail }) => {
        if (name === 'taken') fail(Taken, { id, by: 'somebody else' })
        return { id, name, size, version: 7 }
      }),
      on(remove, () => undefined),
      on(whoami, (_, { principal }) => ({ principal: principal ?? null })),
      on(secret, () => {
        throw new Error('password of db-7 is hunter2')
      }),
      on(notANumber, () => ({ ratio: Number.NaN })),
      on(budget, (_, { remaining }) => ({ remaining })),
      on(accepted, () => undefined),
      on(slow, ({ note }, { signal }) => {
        calls.started.push(note)
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            calls.aborted.push(
              isDomainError(signal.reason) ? 'domain' : (signal.reason as { name: string }).name,
            )
            reject(signal.reason as Error)
          })
        })
      }),
    ],
  })
