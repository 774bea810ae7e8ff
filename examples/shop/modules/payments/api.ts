import { command, error, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { Money } from '../../shared/money.ts'

export const payment = tag('payment', Id)

/** `pending`: asked for, and the provider's answer is not known (yet). */
export const Payment = z.object({
  reference: Id,
  amount: Money,
  status: z.enum(['pending', 'charged', 'declined']),
  chargeId: z.string().nullable(),
})
export type Payment = z.infer<typeof Payment>

export const PaymentNotFound = error('payments.PaymentNotFound', {
  status: 404,
  data: z.object({ reference: Id }),
})
export const ReferenceReused = error('payments.ReferenceReused', {
  status: 409,
  title: 'The reference belongs to a payment of another amount',
  data: z.object({ reference: Id }),
})

const contract = {
  transaction: { isolation: 'read committed' },
  latency: { deadline: '1s' },
  data: { class: 'financial' },
  because: 'ADR-0007',
} as const

/** Before the provider is asked: remembers that it will be. Beginning the same payment again finds it as it is. */
export const beginPayment = command('payments.begin', {
  input: z.object({ reference: Id, amount: Money }),
  output: Payment,
  errors: [ReferenceReused],
  changes: ({ reference }) => [payment(reference)],
  contract,
})

/** After the provider has answered: remembers what. A payment that is settled stays as it is. */
export const settlePayment = command('payments.settle', {
  input: z.object({
    reference: Id,
    answer: z.discriminatedUnion('status', [
      z.object({ status: z.literal('charged'), chargeId: z.string() }),
      z.object({ status: z.literal('declined'), chargeId: z.null() }),
    ]),
  }),
  output: Payment,
  errors: [PaymentNotFound],
  changes: ({ reference }) => [payment(reference)],
  contract,
})

export const getPayment = query('payments.get', {
  input: z.object({ reference: Id }),
  output: Payment,
  errors: [PaymentNotFound],
  reads: ({ reference }) => [payment(reference)],
  contract: { data: { class: 'financial' }, because: 'ADR-0007' },
})
