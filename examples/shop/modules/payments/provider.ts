import { z } from 'zod'
import type { Money } from '../../shared/money.ts'

const Booked = z.object({ id: z.string() })

/** What the provider said of a charge. */
export type ChargeAnswer =
  | { readonly status: 'charged'; readonly chargeId: string }
  | { readonly status: 'declined'; readonly chargeId: null }

/** The provider could not be reached, or answered nonsense: whether it charged is unknown. Asking again with the same reference is safe. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed'
}

export interface Provider {
  /**
   * Charges `amount`. The provider books a reference once, however often it is asked.
   *
   * @throws ProviderFailed, and whatever `signal` aborts with.
   */
  charge(reference: string, amount: Money, signal: AbortSignal): Promise<ChargeAnswer>
  /** Gives back what was charged under a reference, if anything was; nothing is charged under it from then on. */
  refund(reference: string, signal: AbortSignal): Promise<void>
}

let current: Provider | undefined

/** Who is charged with from now on; said by what starts the provider. */
export function useProvider(chosen: Provider): void {
  current = chosen
}

/** @throws ProviderFailed where there is none. */
export function provider(): Provider {
  if (current === undefined) throw new ProviderFailed('there is no provider')
  return current
}

/** The provider behind `url`, over HTTP. */
export function providerAt(url: string): Provider {
  return {
    async charge(reference, amount, signal) {
      const response = await post(`${url}/charges`, { reference, ...amount }, signal)
      if (response.status === 402) return { status: 'declined', chargeId: null }
      if (!response.ok) throw new ProviderFailed(`the provider answered ${response.status}`)
      const booked = Booked.safeParse(await response.json().catch(() => signal.throwIfAborted()))
      if (!booked.success) throw new ProviderFailed('the provider answered without the id of a charge')
      return { status: 'charged', chargeId: booked.data.id }
    },
    async refund(reference, signal) {
      const response = await post(`${url}/refunds`, { reference }, signal)
      if (!response.ok) throw new ProviderFailed(`the provider answered ${response.status}`)
    },
  }
}

async function post(url: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  try {
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw new ProviderFailed('the provider cannot be reached', { cause })
  }
}
