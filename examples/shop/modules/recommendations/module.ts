import { module } from 'fulcrum'
import { getSalesFor } from '../orders/api.ts'
import { getRecommendations } from './api.ts'
import { fromBestsellers, fromModel } from './recommend.ts'

const SHOWN = 10

export default module('recommendations', {
  handlers: (on) => [
    on(
      getRecommendations,
      async ({ userId }, { call }) => {
        const { together, bestsellers } = await call(getSalesFor, { customerId: userId, limit: SHOWN })
        return fromModel(together) ?? fromBestsellers(bestsellers)
      },
      { calls: [getSalesFor] },
    ),
  ],
})
