// A command that is a run of steps gets other things than one that is a transaction.
import { command, error, module, query } from 'fulcrum'
import { z } from 'zod'
import { same } from './same.ts'

const Declined = error('payments.Declined', { status: 402 })
const reserve = command('payments.reserve', {
  input: z.object({ id: z.string() }),
  output: z.object({ seat: z.int() }),
})
const count = query('payments.count', { output: z.number() })
const pay = command('payments.pay', {
  input: z.object({ id: z.string() }),
  output: z.string(),
  errors: [Declined],
  contract: { idempotency: { key: 'header' }, steps: {} },
})

export const payments = module('payments', {
  handlers: (on) => [
    on(reserve, async ({ id }, ctx) => {
      same<Extract<keyof typeof ctx, 'step'>, never>()
      return { seat: id.length }
    }),
    on(pay, async ({ id }, { step, call, fail, ...ctx }) => {
      const { seat } = await call(
        reserve,
        { id },
        { compensate: ({ result }) => same<typeof result, { seat: number } | undefined>() },
      )
      same<typeof seat, number>()
      const left = await call(count)
      const charge = await step('charge', ({ key }) => (left > 0 ? key : fail(Declined)), {
        compensate: ({ result, stepKey }) => [result, stepKey],
      })
      same<typeof charge, string>()
      same<Extract<keyof typeof ctx, 'sql' | 'db' | 'emit'>, never>()
      return charge
    }),
  ],
})
