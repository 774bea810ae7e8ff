import { command, module, query, type QueryContract } from 'fulcrum'
import { type App, type AppConfig, createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import shopProfiles from '../../examples/shop/modules/profiles/module.ts'
import { getProfile, updateProfile } from '../../examples/shop/modules/profiles/api.ts'
import { Profile, profile, profileId, ProfileInput } from '../lib/profiles.ts'
import { type Backend, INSTANCES, type Servers } from './backend.ts'
import type { Instance, Versioned } from './visitors.ts'

const consistency = { staleness: '30s', session: 'read-your-writes' } as const
const latency = { expect: '5ms' } as const

/** What a visitor's calls come to. */
interface Calls {
  /** The name of the query. */
  readonly query: string
  readonly read: (app: App, user: number, session: ReturnType<App['session']>) => Promise<Versioned>
  readonly write: (app: App, user: number, session: ReturnType<App['session']>) => Promise<Versioned>
}

/** Profiles of 2 kB, cached in the process and in Redis, or read from the database each time. */
export function benchBackend(
  servers: Servers,
  contract: 'cached' | 'uncached',
  localCache?: AppConfig['localCache'],
): Promise<Backend> {
  const cache = contract === 'cached' ? ({ cache: { strategy: 'aside', ttl: '5m' } } as const) : {}
  const [get, update, bench] = benchModule({ consistency, latency, ...cache })
  const calls: Calls = {
    query: get.name,
    read: (app, user, session) => app.call(get, { id: profileId(user) }, { session }),
    write: (app, user, session) => app.call(update, { id: profileId(user) }, { session }),
  }
  return backend({ modules: [bench], ...(localCache && { localCache }) }, servers, calls)
}

/** The shop's own profiles, with everything on. */
export function shopBackend(servers: Servers): Promise<Backend> {
  const calls: Calls = {
    query: getProfile.name,
    read: (app, user, session) => app.call(getProfile, { userId: customerId(user) }, { session }),
    write: (app, user, session) =>
      app.call(updateProfile, { userId: customerId(user), displayName: `Customer ${user}` }, { session }),
  }
  return backend({ modules: [shopProfiles] }, servers, calls)
}

/** Profiles as large as those of the benchmark, for as many customers. */
export function shopRows(users: number, bytes: number): string {
  return `
    truncate profiles.profile;
    insert into profiles.profile (user_id, display_name, bio)
    select ('c0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Customer ' || n, left(repeat('Likes number ' || n || '. ', ${bytes}), ${bytes})
    from generate_series(1, ${users}) n;
    analyze profiles.profile;`
}

function customerId(user: number): string {
  return `c0000000-0000-4000-8000-${String(user + 1).padStart(12, '0')}`
}

function benchModule(contract: QueryContract) {
  const reads = ({ id }: { id: string }) => [profile(id)]
  const get = query('bench.get', { input: ProfileInput, output: Profile, reads, contract })
  const update = command('bench.update', {
    input: ProfileInput,
    output: Profile,
    changes: reads,
    contract: { transaction: { isolation: 'read committed' } },
  })
  const bench = module('bench', {
    handlers: (on) => [
      on(get, ({ id }, { sql }) =>
        one(sql<Profile>`select id, name, about, version from bench.profile where id = ${id}`),
      ),
      on(update, ({ id }, { sql }) =>
        one(sql<Profile>`update bench.profile set version = version + 1 where id = ${id} returning *`),
      ),
    ],
  })
  return [get, update, bench] as const
}

async function one(rows: Promise<readonly Profile[]>): Promise<Profile> {
  const [row] = await rows
  return row as Profile
}

async function backend(
  config: AppConfig,
  { primary, replicas, redis: url }: Servers,
  calls: Calls,
): Promise<Backend> {
  const stack = new AsyncDisposableStack()
  const prefix = `fulcrum-${Math.random()}`
  const apps: App[] = []
  for (let index = 0; index < INSTANCES; index += 1) {
    const parts = { store: postgres({ url: primary, replicas }), cache: redis({ url, prefix }) }
    apps.push(stack.use(await createApp({ ...config, ...parts }).start()))
  }
  return {
    instances: apps.map((app) => instance(app, calls)),
    reads: () => apps.reduce((sum, app) => sum + statementsOf(app, calls.query), 0),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function instance(app: App, { read, write }: Calls): Instance {
  return {
    arrive: (token) => {
      const session = app.session(token)
      return {
        read: (user) => read(app, user, session),
        write: (user) => write(app, user, session),
        token: () => session.token(),
      }
    },
  }
}

function statementsOf(app: App, name: string): number {
  const { statements } = app.statements().find(({ operation }) => operation === name) ?? { statements: [] }
  return statements.reduce((sum, { count }) => sum + count, 0)
}
