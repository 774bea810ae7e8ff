import { command, event, module, type Module, type SubscriberContext, type SubscriberTerms } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import { postgres, type StoreSource } from 'fulcrum/postgres'
import { z } from 'zod'

/** Something that happens to a thing, so many times. */
export const Happened = event('things.Happened', z.object({ thing: z.string(), n: z.int() }), {
  key: ({ thing }) => thing,
})
/** The same without a key. */
export const Noticed = event('things.Noticed', z.object({ thing: z.string(), n: z.int() }))

export const happen = command('things.happen', {
  input: z.object({ thing: z.string(), ns: z.array(z.int()) }),
  emits: [Happened, Noticed],
  contract: { latency: { deadline: '60s' }, transaction: { isolation: 'read committed' } },
})

const things = module('things', {
  handlers: (on) => [
    on(happen, ({ thing, ns }, { emit }) => {
      for (const n of ns) {
        emit(Happened, { thing, n })
        emit(Noticed, { thing, n })
      }
    }),
  ],
})

export interface Fact {
  readonly thing: string
  readonly n: number
}
type Terms = SubscriberTerms<Fact, never>
export type Deliver = (fact: Fact, ctx: SubscriberContext) => void | Promise<void>

/** Writes down what a subscriber was given. */
export async function noteDown({ thing, n }: Fact, { sql }: SubscriberContext): Promise<void> {
  await sql`insert into log.entry (thing, n) values (${thing}, ${n})`
}

/** A module that writes down what it is given, in the order in which that is. */
export function log(terms: Terms = {}, deliver: Deliver = noteDown, to: typeof Happened = Happened): Module {
  return module('log', {
    migrations: [
      {
        name: '0001',
        up: 'CREATE TABLE entry (at bigserial PRIMARY KEY, thing text NOT NULL, n int NOT NULL); CREATE TABLE seen (id uuid)',
      },
    ],
    handlers: (on) => [on(to, deliver, terms)],
  })
}

export function startBus(url: string, modules: readonly Module[], lines: string[] = []): Promise<App> {
  return startBusOn(postgres({ url }), modules, lines)
}

export function startBusOn(
  store: StoreSource,
  modules: readonly Module[],
  lines: string[] = [],
): Promise<App> {
  const config = defineConfig({ modules: [things, ...modules], store })
  return createApp(config, { log: (line) => lines.push(line) }).start()
}
