import { defineConfig, remote } from 'fulcrum/app'
import shop from '../fulcrum.config.ts'
import * as notifications from '../modules/notifications/api.ts'
import * as recommendations from '../modules/recommendations/api.ts'
import { internal } from './internal.ts'

/** The shop, with two of its modules in a process of their own. */
const elsewhere = [
  remote('notifications', { url: backUrl, operations: notifications, database: 'shared' }),
  remote('recommendations', { url: backUrl, operations: recommendations, database: 'shared' }),
]

export default defineConfig({
  ...shop,
  modules: shop.modules.map((module) => elsewhere.find(({ name }) => name === module.name) ?? module),
  internal,
})

function backUrl({ BACK_URL }: Readonly<Record<string, string | undefined>>): string | undefined {
  return BACK_URL
}
