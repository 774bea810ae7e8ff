import { z } from 'zod'

/** What every contender validates with and answers from: a product out of memory. */
export const Input = z.object({ id: z.uuid() })
export const Product = z.object({
  id: z.uuid(),
  name: z.string(),
  price: z.object({ amount: z.int(), currency: z.string() }),
  version: z.int(),
})

const ID = '1b4e28ba-2fa1-4d5e-883f-0016d3cca427'
export const PATH = `/products/${ID}`

/** Where there is no validation, types are taken at their word. */
export function productOf({ id }: { id: string }): z.output<typeof Product> {
  return { id, name: 'A chair', price: { amount: 1999, currency: 'EUR' }, version: 3 }
}

/** Whether this process validates: `zod` or `none`. */
export const validates: boolean = process.env['BENCH_VALIDATION'] === 'zod'

/** The headers that every answer has, besides `x-request-id` and `etag`: the same for everybody. */
export const FIXED_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'fulcrum-deadline': '1000ms',
}
