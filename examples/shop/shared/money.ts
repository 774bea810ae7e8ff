import { z } from 'zod'

/** Money is a whole number of cents; the shop deals in one currency. */
export const Money = z.object({ amount: z.int(), currency: z.literal('EUR') })
export type Money = z.infer<typeof Money>

export function eur(cents: number): Money {
  return { amount: cents, currency: 'EUR' }
}

/** What `lines` cost together. Whole cents, so that nothing is ever rounded. */
export function total(lines: readonly { readonly price: Money; readonly quantity: number }[]): Money {
  return eur(lines.reduce((cents, { price, quantity }) => cents + price.amount * quantity, 0))
}
