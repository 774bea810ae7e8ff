import { command, module, query, type QueryContext, tag } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import { z } from 'zod'

/** Queries of one table whose contracts differ in what ends their cached answers. */

const patient = { latency: { deadline: '10s' } } as const
const Word = z.object({ id: z.string(), text: z.string() })

export const word = tag('word', z.string())
export const followedWord = tag('followedWord', z.string())

const ofWord = {
  input: z.object({ id: z.string() }),
  output: Word,
  reads: ({ id }: { id: string }) => [word(id)],
}

export const byEvent = query('words.byEvent', {
  ...ofWord,
  contract: {
    ...patient,
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '1h', jitter: 0 },
  },
})
export const byTime = query('words.byTime', {
  ...ofWord,
  contract: {
    ...patient,
    consistency: { staleness: '2s' },
    cache: { strategy: 'aside', ttl: '1h', jitter: 0, invalidation: 'ttl' },
  },
})
export const byLog = query('followed.byLog', {
  ...ofWord,
  reads: ({ id }) => [followedWord(id)],
  contract: {
    ...patient,
    consistency: { staleness: '10m' },
    cache: { strategy: 'aside', ttl: '1h', jitter: 0, invalidation: 'log' },
  },
})
export const fromReplica = query('words.fromReplica', {
  ...ofWord,
  contract: { ...patient, consistency: { staleness: '1s' } },
})

const written = { input: Word, output: Word }
export const write = command('words.write', {
  ...written,
  changes: ({ id }) => [word(id)],
  contract: patient,
})
/** Forgets what it changes. */
export const writeSilently = command('words.writeSilently', { ...written, contract: patient })

type Terms = Pick<QueryContext, 'sql'>
type Row = z.infer<typeof Word>

const find = async ({ id }: { id: string }, { sql }: Terms): Promise<Row> => {
  const [row] = await sql<{ text: string }>`SELECT text FROM words.word WHERE id = ${id}`
  return { id, text: row?.text ?? '' }
}

const put = async (row: Row, { sql }: Terms): Promise<Row> => {
  await sql`INSERT INTO words.word VALUES (${row.id}, ${row.text})
    ON CONFLICT (id) DO UPDATE SET text = excluded.text`
  return row
}

const words = module('words', {
  migrations: [{ name: '0001_words', up: 'CREATE TABLE word (id text PRIMARY KEY, text text NOT NULL)' }],
  handlers: (on) => [
    on(byEvent, find),
    on(byTime, find),
    on(fromReplica, find),
    on(write, put),
    on(writeSilently, put),
  ],
})

const followed = module('followed', {
  migrations: [
    {
      name: '0001_words',
      up: `CREATE TABLE word (id text PRIMARY KEY, text text NOT NULL);
           CREATE TABLE accent (id text PRIMARY KEY, text text NOT NULL)`,
    },
  ],
  // Answers depend on accents as well.
  rows: { word: (row) => [followedWord(String(row['id']))] },
  handlers: (on) => [
    on(byLog, async ({ id }, { sql }) => {
      const [row] = await sql<{ text: string }>`SELECT w.text || coalesce(a.text, '') AS text
        FROM followed.word w LEFT JOIN followed.accent a USING (id) WHERE id = ${id}`
      return { id, text: row?.text ?? '' }
    }),
  ],
})

export interface AuditedOptions {
  readonly url: string
  readonly replicaUrl: string
  readonly redisUrl: string
  readonly log: (line: string) => void
}

/** One instance that audits every answer, as far as the budget goes. */
export function auditedApp({ url, replicaUrl, redisUrl, log }: AuditedOptions): Promise<App> {
  const config = defineConfig({
    modules: [words, followed],
    store: postgres({ url, replicas: [replicaUrl] }),
    cache: redis({ url: redisUrl }),
    audit: { share: 1 },
  })
  return createApp(config, { env: {}, log }).start()
}
