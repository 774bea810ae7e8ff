import type { ReadTerms } from '../../ports/store.ts'
import type { StageFactory } from './stage.ts'

/** Which node a query reads, and over which kind of connection. Connects with the first statement only. */
export const route: StageFactory<'route'> = ({ target, lane, bracket, sees }, next) => {
  const terms: ReadTerms = Object.freeze({ target, lane, bracket, sees })
  return async (call, input) => {
    call.useReads(terms)
    try {
      return await next(call, input)
    } finally {
      call.endReads()
    }
  }
}
