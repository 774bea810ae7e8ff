import { command, event, module, type Module, projection, type ProjectionForm, query } from 'fulcrum'
import { type App, createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { z } from 'zod'

const Order = z.object({ id: z.string(), customer: z.string() })
export const Placed = event('orders.Placed', Order, { key: ({ id }) => id, expires: '1ms' })
export const Shipped = event('orders.Shipped', Order, { key: ({ id }) => id })

const writing = { idempotency: 'none', transaction: { isolation: 'read committed' } } as const

export const place = command('orders.place', { input: Order, emits: [Placed], contract: writing })
export const ship = command('orders.ship', { input: Order, emits: [Shipped], contract: writing })

export const history = projection('orders.orderHistory', {
  from: [Placed, Shipped],
  contract: { delivery: { attempts: 1, backoff: '10ms' } },
})

const reading = {
  input: z.object({ customer: z.string() }),
  output: z.array(z.object({ id: z.string(), state: z.string() })),
  projection: history,
}
export const strong = query('orders.strong', { ...reading, contract: { latency: { deadline: '8s' } } })
export const own = query('orders.own', {
  ...reading,
  contract: { consistency: { session: 'read-your-writes' }, latency: { deadline: '8s' } },
})
export const impatient = query('orders.impatient', {
  ...reading,
  contract: { consistency: { session: 'read-your-writes' }, latency: { deadline: '300ms' } },
})
export const eventual = query('orders.eventual', { ...reading, contract: { consistency: 'eventual' } })
/** Asks for what may have to wait, where it cannot. */
export const asks = command('orders.asks', { input: Order, contract: writing })

export type Form = ProjectionForm<typeof Placed | typeof Shipped>

export const form: Form = {
  tables: [
    {
      name: '0001',
      up: 'CREATE TABLE entry (n bigserial, id text PRIMARY KEY, customer text NOT NULL, state text NOT NULL, times int NOT NULL)',
    },
  ],
  apply: {
    'orders.Placed': async ({ id, customer }, { sql }) => {
      if (id === 'poison') throw new Error('no')
      await sql`insert into entry (id, customer, state, times) values (${id}, ${customer}, 'placed', 1)
        on conflict (id) do update set times = entry.times + 1`
    },
    'orders.Shipped': async ({ id }, { sql }) => {
      await sql`update entry set state = 'shipped' where id = ${id}`
    },
  },
}

export function orders(given: Form = form): Module {
  return module('orders', {
    migrations: [{ name: '0001', up: 'CREATE TABLE placed (id text PRIMARY KEY, customer text NOT NULL)' }],
    handlers: (on) => [
      on(place, async (order, { sql, emit }) => {
        await sql`insert into orders.placed (id, customer) values (${order.id}, ${order.customer})`
        emit(Placed, order)
      }),
      on(ship, (order, { emit }) => emit(Shipped, order)),
      on(asks, async ({ customer }, { call }) => void (await call(own, { customer }))),
      on(history, given),
      ...[strong, own, impatient, eventual].map((each) =>
        on(each as typeof strong, async ({ customer }, { sql }) => {
          return sql<{ id: string; state: string }>`
            select id, state from orders__order_history.entry where customer = ${customer} order by n`
        }),
      ),
    ],
  })
}

export function startOrders(url: string, given: Form = form): Promise<App> {
  return createApp({ modules: [orders(given)], store: postgres({ url }) }, { log: () => {} }).start()
}
