import { module } from 'fulcrum'
import { trackEvent } from './api.ts'

export default module('analytics', {
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(trackEvent, {
      many: async (events, { sql, principals, uuid }) => {
        const ids = events.map(() => uuid())
        const names = events.map(({ name }) => name)
        const customers = events.map(({ customerId }, index) => customerId ?? principals[index]?.id ?? null)
        const properties = events.map((event) => JSON.stringify(event.properties))
        await sql`
          INSERT INTO analytics.event (id, name, customer_id, properties)
          SELECT * FROM unnest(${ids}::uuid[], ${names}::text[], ${customers}::uuid[], ${properties}::json[])`
      },
    }),
  ],
})
