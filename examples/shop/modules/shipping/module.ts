import { module } from 'fulcrum'
import { quoteShipping } from './api.ts'
import { quote } from './quote.ts'

export default module('shipping', {
  handlers: (on) => [on(quoteShipping, ({ weightKg }) => ({ price: quote(weightKg) }))],
})
