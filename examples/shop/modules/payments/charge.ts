import type { App } from 'fulcrum/app'
import type { Money } from '../../shared/money.ts'
import { beginPayment, settlePayment, type Payment } from './api.ts'
import type { Provider } from './provider.ts'

export interface Charge {
  /** Names the payment: charging it again does not charge twice. */
  readonly reference: string
  readonly amount: Money
}

/**
 * Charges a payment through the provider: two small transactions with the call between them, never around it. A transaction would hold its
 * locks for as long as the provider likes, and rolling it back would not give the money back.
 *
 * When the provider fails or `signal` aborts, the payment stays `pending`: call again to find out and finish.
 */
export async function charge(
  { reference, amount }: Charge,
  {
    app,
    provider,
    signal,
  }: { readonly app: Pick<App, 'call'>; readonly provider: Provider; readonly signal: AbortSignal },
): Promise<Payment> {
  const begun = await app.call(beginPayment, { reference, amount }, { signal })
  if (begun.status !== 'pending') return begun
  const answer = await provider.charge(reference, amount, signal)
  // Not cancelled any more: the provider has decided, and that has to be remembered.
  return app.call(settlePayment, { reference, answer })
}
