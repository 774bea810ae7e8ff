import type { Contender } from './alternate.ts'

/** Makes so many calls, one after the other; figures are nanoseconds per call. */
export function timed(name: string, calls: number, call: () => Promise<unknown>): Contender {
  return {
    name,
    round: async () => {
      const start = performance.now()
      for (let index = 0; index < calls; index += 1) await call()
      return ((performance.now() - start) / calls) * 1e6
    },
  }
}
