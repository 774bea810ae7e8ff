import type { Service } from 'fulcrum/app'
import { startProvider } from './start.ts'

/** Lives as long as the shop does. */
export const paymentProvider: Service = {
  name: 'payment provider',
  start: async () => {
    const provider = await startProvider()
    return () => provider.stop()
  },
}
