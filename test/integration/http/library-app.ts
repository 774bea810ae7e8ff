import { command, error, module, query, tag, type Sql } from 'fulcrum'
import { type App, createApp, defineConfig, type SessionConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { z } from 'zod'

/** An application whose operations differ in how fresh their answers have to be, on a primary and a replica. */

const patient = { latency: { deadline: '10s' } } as const
const Book = z.object({ id: z.string(), title: z.string() })

export const book = tag('book', z.string())
export const BookNotFound = error('library.BookNotFound', { status: 404 })

const ofBook = {
  input: z.object({ id: z.string() }),
  output: Book,
  errors: [BookNotFound],
  reads: ({ id }: { id: string }) => [book(id)],
}

export const getBook = query('library.get', {
  ...ofBook,
  http: 'GET /books/:id',
  contract: { ...patient, consistency: { session: 'read-your-writes' } },
})
export const followBook = query('library.follow', {
  ...ofBook,
  http: 'GET /followed/:id',
  contract: { ...patient, consistency: { session: 'monotonic' } },
})
export const cachedBook = query('library.cached', {
  ...ofBook,
  http: 'GET /cached/:id',
  contract: {
    ...patient,
    consistency: { session: 'read-your-writes' },
    cache: { strategy: 'aside', ttl: '5m', jitter: 0 },
  },
})
export const publicBook = query('library.public', {
  ...ofBook,
  http: 'GET /public/:id',
  contract: {
    ...patient,
    consistency: { staleness: '5m' },
    cache: { strategy: 'aside', ttl: '5m', jitter: 0 },
    data: { class: 'public' },
  },
})
export const shelf = query('library.shelf', {
  output: z.object({ of: z.string() }),
  reads: () => [],
  http: 'GET /shelf',
  contract: {
    ...patient,
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '5m', jitter: 0, scope: 'principal', invalidation: 'ttl' },
  },
})
export const plainBook = query('library.plain', { ...ofBook, http: 'GET /plain/:id', contract: patient })

export const writeBook = command('library.write', {
  input: z.object({ id: z.string(), title: z.string() }),
  output: Book,
  changes: ({ id }) => [book(id)],
  http: 'PUT /books/:id',
  contract: { idempotency: 'none', ...patient },
})
/** What it answers cannot be said in JSON, which is found out when it is committed. */
export const writeUnsayable = command('library.writeUnsayable', {
  input: z.object({ id: z.string(), title: z.string() }),
  output: z.unknown(),
  changes: ({ id }) => [book(id)],
  http: 'POST /unsayable',
  contract: { idempotency: 'none', ...patient },
})
/** Does by itself nothing that has to do with sessions. */
export const rewrite = command('desk.rewrite', {
  input: z.object({ id: z.string() }),
  output: Book,
  http: 'POST /rewritten/:id',
  contract: { idempotency: 'none', ...patient, transaction: { joins: [writeBook] } },
})

const library = module('library', {
  migrations: [{ name: '0001_book', up: 'CREATE TABLE book (id text PRIMARY KEY, title text NOT NULL)' }],
  handlers: (on) => {
    const find = async (id: string, sql: Sql): Promise<z.infer<typeof Book> | undefined> => {
      const [row] = await sql<z.infer<typeof Book>>`SELECT id, title FROM library.book WHERE id = ${id}`
      return row
    }
    const put = (id: string, title: string, sql: Sql): Promise<unknown> =>
      sql`INSERT INTO library.book VALUES (${id}, ${title}) ON CONFLICT (id) DO UPDATE SET title = ${title}`
    return [
      on(getBook, async ({ id }, { sql, fail }) => (await find(id, sql)) ?? fail(BookNotFound)),
      on(followBook, async ({ id }, { sql, fail }) => (await find(id, sql)) ?? fail(BookNotFound)),
      on(cachedBook, async ({ id }, { sql, fail }) => (await find(id, sql)) ?? fail(BookNotFound)),
      on(publicBook, async ({ id }, { sql, fail }) => (await find(id, sql)) ?? fail(BookNotFound)),
      on(plainBook, async ({ id }, { sql, fail }) => (await find(id, sql)) ?? fail(BookNotFound)),
      on(shelf, (_, { principal }) => ({ of: principal?.id ?? 'nobody' })),
      on(writeBook, async ({ id, title }, { sql }) => {
        await put(id, title, sql)
        return { id, title }
      }),
      on(writeUnsayable, async ({ id, title }, { sql }) => {
        await put(id, title, sql)
        return 1n
      }),
    ]
  },
})

const desk = module('desk', {
  handlers: (on) => [on(rewrite, ({ id }, { call }) => call(writeBook, { id, title: 'rewritten' }))],
})

export interface LibraryOptions {
  readonly url: string
  readonly replicaUrl?: string
  readonly session?: SessionConfig
}

/** One instance, started. */
export function libraryApp({ url, replicaUrl, session }: LibraryOptions): Promise<App> {
  const replicas = replicaUrl === undefined ? {} : { replicas: [replicaUrl] }
  const config = defineConfig({
    modules: [library, desk],
    store: postgres({ url, ...replicas }),
    principal: (request) => {
      const id = request.header('X-User')
      return id === undefined ? undefined : { id }
    },
    ...(session !== undefined && { session }),
  })
  return createApp(config, { env: {} }).start()
}
