import type { StoreSource } from 'fulcrum/postgres'

/** Statements of the log that take effect by themselves, and are a part of every run. */
const METHODS = ['begin', 'note', 'turn', 'end'] as const

/** A store that tells when its log of steps is about to be written, and when that was done. */
export function crashingLog(source: StoreSource, at: (point: string) => void): StoreSource {
  return {
    ...source,
    open: async (dependencies) => {
      const opened = await source.open(dependencies)
      const open = opened.stepLog
      if (open === undefined) return opened
      const stepLog = (): ReturnType<typeof open> => {
        const log = open()
        for (const method of METHODS) {
          const original = (log[method] as (...given: unknown[]) => Promise<unknown>).bind(log)
          log[method] = (async (...given: unknown[]) => {
            at(`before ${method}`)
            const answer = await original(...given)
            at(`after ${method}`)
            return answer
          }) as never
        }
        return log
      }
      return { ...opened, stepLog }
    },
  }
}
