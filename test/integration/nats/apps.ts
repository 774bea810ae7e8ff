import { command, event, module } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import { nats } from 'fulcrum/nats'
import { postgres } from 'fulcrum/postgres'
import { z } from 'zod'

const Data = z.object({ thing: z.string(), n: z.int() })

/** What happens in one application and is told to the other. */
export const Happened = event('source.Happened', Data, { key: ({ thing }) => thing })

export const happen = command('source.happen', {
  input: z.object({ thing: z.string(), ns: z.array(z.int()) }),
  emits: [Happened],
  contract: { transaction: { isolation: 'read committed' } },
})

const source = module('source', {
  handlers: (on) => [
    on(happen, ({ thing, ns }, { emit }) => {
      for (const n of ns) emit(Happened, { thing, n })
    }),
  ],
})

const sink = module('sink', {
  migrations: [
    {
      name: '0001',
      up: 'CREATE TABLE seen (id bigserial PRIMARY KEY, thing text NOT NULL, n int NOT NULL, event text NOT NULL)',
    },
  ],
  handlers: (on) => [
    on(
      Happened,
      async ({ thing, n }, { sql, event: { id, source: from } }) => {
        await sql`insert into sink.seen (thing, n, event) values (${thing}, ${n}, ${`${from} ${id}`})`
      },
      { contract: { transaction: { isolation: 'read committed' } } },
    ),
  ],
})

/** The application in which things happen. */
export function startSource(url: string, servers: string): Promise<App> {
  const broker = nats({ servers, application: 'source', publish: [Happened] })
  return createApp(defineConfig({ modules: [source], store: postgres({ url }), broker })).start()
}

/** The application that is told of them, on a database of its own. */
export function startSink(url: string, servers: string): Promise<App> {
  const broker = nats({ servers, application: 'sink' })
  return createApp(defineConfig({ modules: [sink], store: postgres({ url }), broker })).start()
}
