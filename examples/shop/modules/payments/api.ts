import { command, error, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { Money } from '../../shared/money.ts'
import { OrderNotFound } from '../orders/api.ts'

export const payment = tag('payment', Id)

/** `pending`: the provider is being asked, or its answer is not known yet. */
export const Payment = z.object({
  reference: Id,
  amount: Money,
  status: z.enum(['pending', 'charged']),
  chargeId: z.string().nullable(),
})
export type Payment = z.infer<typeof Payment>

export const PaymentNotFound = error('payments.PaymentNotFound', {
  status: 404,
  data: z.object({ reference: Id }),
})
export const BeingPaid = error('payments.BeingPaid', {
  status: 409,
  title: 'Somebody is paying it at this moment',
  data: z.object({ reference: Id }),
})
export const PaymentDeclined = error('payments.PaymentDeclined', {
  status: 402,
  data: z.object({ reference: Id }),
})

/** Charges what an order costs: outside of any transaction, once, and not at all where it cannot be finished. */
export const payOrder = command('payments.payOrder', {
  summary: 'Pay an order: charges its total once, whatever happens on the way',
  input: z.object({ id: Id }),
  output: Payment,
  errors: [OrderNotFound, BeingPaid, PaymentDeclined],
  http: 'POST /orders/:id/payment',
  contract: {
    idempotency: { key: 'header', inFlight: 'wait' },
    steps: { within: '2m', attempts: 4, timeout: '2s' },
    latency: { deadline: '5s' },
    data: { class: 'financial' },
    because: 'ADR-0007',
  },
})

const contract = {
  transaction: { isolation: 'read committed' },
  latency: { deadline: '1s' },
  data: { class: 'financial' },
  because: 'ADR-0007',
} as const

/** Before the provider is asked: nobody else pays the same. What was paid before is found as it is. */
export const openPayment = command('payments.open', {
  input: z.object({ reference: Id, amount: Money }),
  output: Payment,
  errors: [BeingPaid],
  changes: ({ reference }) => [payment(reference)],
  contract,
})

/** After the provider has charged. */
export const settlePayment = command('payments.settle', {
  input: z.object({ reference: Id, chargeId: z.string() }),
  output: Payment,
  errors: [PaymentNotFound],
  changes: ({ reference }) => [payment(reference)],
  contract,
})

/** Where nothing was charged, or it was given back: it may be paid again. */
export const abandonPayment = command('payments.abandon', {
  input: z.object({ reference: Id }),
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
