import type { StoreSource } from 'fulcrum/postgres'

export interface Crash {
  /** Whose transactions. */
  readonly operation: string
  /** Where: before or after the transaction's statements, by their number from 1, before or after its COMMIT, or before all of it. */
  readonly point: string
  /** From which of its transactions on, counted from 1, which is the default. */
  readonly from?: number
}

/** The end that no handler of signals sees. */
function kill(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** A store whose process is killed at a named point of the first transaction of an operation that gets there. */
export function crashing(source: StoreSource, { operation, point, from = 1 }: Crash): StoreSource {
  let transactions = 0
  return {
    ...source,
    open: async (dependencies) => {
      const opened = await source.open(dependencies)
      const { store } = opened
      const transaction = store.transaction.bind(store)
      store.transaction = async (settings, call, work) => {
        if (call.operation !== operation) return transaction(settings, call, work)
        const isDue = (transactions += 1) >= from
        const killAt = (here: string): void => {
          if (isDue && here === point) kill()
        }
        let statements = 0
        killAt('before the transaction')
        const committed = await transaction(settings, call, async (tx) => {
          const run = tx.run.bind(tx)
          tx.run = async (text, values) => {
            const number = (statements += 1)
            killAt(`before statement ${number}`)
            const rows = await run(text, values)
            killAt(`after statement ${number}`)
            return rows as never
          }
          const value = await work(tx)
          killAt('before the commit')
          return value
        })
        killAt('after the commit')
        return committed
      }
      return opened
    },
  }
}
