import { defineConfig } from 'fulcrum/app'
import { embedded } from 'fulcrum/embedded'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import accounts from './modules/accounts/module.ts'
import analytics from './modules/analytics/module.ts'
import catalog from './modules/catalog/module.ts'
import customers from './modules/customers/module.ts'
import { principalOf } from './modules/customers/principal.ts'
import inventory from './modules/inventory/module.ts'
import notifications from './modules/notifications/module.ts'
import orders from './modules/orders/module.ts'
import payments from './modules/payments/module.ts'
import profiles from './modules/profiles/module.ts'
import recommendations from './modules/recommendations/module.ts'
import shipping from './modules/shipping/module.ts'
import social from './modules/social/module.ts'
import { paymentProvider } from './provider/service.ts'
import { welcome } from './welcome.ts'

export default defineConfig({
  name: 'The shop',
  version: '0.1.0',
  modules: [
    catalog,
    inventory,
    customers,
    orders,
    accounts,
    profiles,
    recommendations,
    social,
    analytics,
    shipping,
    payments,
    notifications,
  ],
  store: ({ DATABASE_URL: url, DATABASE_REPLICA_URLS: replicas = '' }) =>
    url === undefined ? embedded() : postgres({ url, replicas: replicas.split(',').filter(Boolean) }),
  cache: ({ REDIS_URL: url }) => (url === undefined ? undefined : redis({ url })),
  principal: principalOf,
  services: [paymentProvider, welcome],
})
