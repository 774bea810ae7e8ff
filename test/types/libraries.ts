// Any library that implements Standard Schema will do, and several may be mixed.
import { command, error, module, query } from 'fulcrum'
import * as v from 'valibot'
import { z } from 'zod'
import { same } from './same.ts'

const TooFar = error('shop.TooFar', { status: 422, data: v.object({ km: v.number() }) })

export const measure = query('shop.measure', {
  input: v.object({
    from: v.string(),
    to: v.optional(v.string(), 'here'),
    km: v.pipe(v.string(), v.transform(Number)),
  }),
  output: z.object({ km: z.number().default(0) }),
  errors: [TooFar],
})
export const remember = command('shop.remember', {
  input: z.object({ from: z.string() }),
  output: v.nullable(v.string()),
})

export const shop = module('shop', {
  handlers: (on) => [
    on(measure, (input, { fail }) => {
      same<typeof input, { from: string; to: string; km: number }>()
      if (input.km > 100) return fail(TooFar, { km: input.km })
      // @ts-expect-error km is a number
      if (input.km < 0) return fail(TooFar, { km: '0' })
      return {}
    }),
    on(remember, async ({ from }, { call }) => {
      const { km } = await call(measure, { from, km: '1' })
      same<typeof km, number>()
      // @ts-expect-error callers give a text
      await call(measure, { from, km: 1 })
      return null
    }),
    // @ts-expect-error a text or null
    on(remember, () => 1),
  ],
})
