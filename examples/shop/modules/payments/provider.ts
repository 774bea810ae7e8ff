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
