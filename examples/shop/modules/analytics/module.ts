import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import { trackEvent } from './api.ts'

interface AnalyticsTables {
  event: { id: string; name: string; customer_id: string | null; properties: string }
}

export default module('analytics', {
  db: kysely<AnalyticsTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(trackEvent, async ({ name, customerId, properties }, ctx) => {
      const id = ctx.uuid()
      await ctx.db
        .insertInto('event')
        .values({
          id,
          name,
          customer_id: customerId ?? ctx.principal?.id ?? null,
          properties: JSON.stringify(properties),
        })
        .execute()
      return { id }
    }),
  ],
})
