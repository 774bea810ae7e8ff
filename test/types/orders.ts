// Two modules that call each other: neither needs the other's handlers, so there is no cycle to resolve.
import { command, module, query } from 'fulcrum'
import { z } from 'zod'
import { same } from './same.ts'

const Id = z.object({ id: z.uuid() })

export const reserveStock = command('stock.reserve', { input: Id, output: z.object({ left: z.number() }) })
export const releaseStock = command('stock.release', { input: Id })
export const moveStock = command('stock.move', { input: Id.extend({ to: z.string() }) })
export const countStock = query('stock.count', { input: Id, output: z.number() })

export const placeOrder = command('orders.place', {
  input: Id,
  output: Id,
  contract: { transaction: { joins: [reserveStock, moveStock] } },
})
export const openOrders = query('orders.open', { output: z.array(Id) })

export const orders = module('orders', {
  handlers: (on) => [
    on(placeOrder, async ({ id }, { call }) => {
      const { left } = await call(reserveStock, { id })
      same<typeof left, number>()
      return { id }
    }),
    on(openOrders, async (_, { call }) => {
      const count = await call(countStock, { id: '' })
      same<typeof count, number>()
      return []
    }),
  ],
})

export const stock = module('stock', {
  handlers: (on) => [
    on(reserveStock, async (_, { call }) => {
      const open = await call(openOrders)
      same<typeof open, { id: string }[]>()
      return { left: open.length }
    }),
    on(countStock, async (_, { call }) => (await call(openOrders)).length),
    on(releaseStock, async ({ id }, { call }) => {
      // @ts-expect-error a command that joins nothing calls no command
      await call(placeOrder, { id })
    }),
  ],
})
