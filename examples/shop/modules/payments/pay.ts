import type { Handler } from 'fulcrum'
import { getOrder } from '../orders/api.ts'
import { abandonPayment, openPayment, PaymentDeclined, type payOrder, settlePayment } from './api.ts'
import { provider } from './provider.ts'

type Pay = Handler<typeof payOrder, unknown>

/**
 * Steps instead of a transaction: that would hold its locks for as long as the provider likes, and rolling it back would not give the money back. The provider is
 * asked with the key of the step, so that it charges once however often it is asked; what was charged and cannot be settled is given back.
 */
export const pay: Pay = async ({ id }, { call, step, fail }) => {
  const { total } = await call(getOrder, { id })
  const payment = await call(
    openPayment,
    { reference: id, amount: total },
    {
      compensate: (undo) =>
        undo.result?.status === 'charged' ? undefined : undo.call(abandonPayment, { reference: id }),
    },
  )
  if (payment.status === 'charged') return payment
  const chargeId = await step(
    'charge',
    async ({ key, signal }) => {
      const answer = await provider().charge(key, total, signal)
      return answer.status === 'charged' ? answer.chargeId : fail(PaymentDeclined, { reference: id })
    },
    { compensate: ({ stepKey, signal }) => provider().refund(stepKey, signal) },
  )
  return call(settlePayment, { reference: id, chargeId })
}
