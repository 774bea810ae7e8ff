import { defineConfig, remote } from 'fulcrum/app'
import shop from '../fulcrum.config.ts'
import notifications from '../modules/notifications/module.ts'
import * as orders from '../modules/orders/api.ts'
import recommendations from '../modules/recommendations/module.ts'
import { internal } from './internal.ts'

const { store } = shop

/** What has left the shop. Recommendations ask the orders, which are still there; notifications are told of orders by events. */
export default defineConfig({
  name: 'The shop, back office',
  modules: [
    notifications,
    recommendations,
    remote('orders', { url: ({ SHOP_URL }) => SHOP_URL, operations: orders, database: 'shared' }),
  ],
  ...(store !== undefined && { store }),
  internal,
})
