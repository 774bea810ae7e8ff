import { module } from 'fulcrum'
import { getBestsellers, getBoughtTogether } from '../orders/api.ts'
import { getRecommendations } from './api.ts'
import { fromBestsellers, fromModel } from './recommend.ts'

const SHOWN = 10

export default module('recommendations', {
  handlers: (on) => [
    on(getRecommendations, async ({ userId }, { call }) => {
      const together = await call(getBoughtTogether, { customerId: userId, limit: SHOWN })
      return fromModel(together) ?? fromBestsellers(await call(getBestsellers, { limit: SHOWN }))
    }),
  ],
})
