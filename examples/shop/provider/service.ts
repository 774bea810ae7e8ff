import type { Service } from 'fulcrum/app'
import { providerAt, useProvider } from '../modules/payments/provider.ts'
import { startProvider } from './start.ts'

/** Lives as long as the shop does. */
export const paymentProvider: Service = {
  name: 'payment provider',
  start: async () => {
    const provider = await startProvider()
    useProvider(providerAt(provider.url))
    return () => provider.stop()
  },
}
