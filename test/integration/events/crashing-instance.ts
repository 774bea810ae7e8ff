// A process with one instance, which is killed at a named point of the first transaction of an operation, or runs until somebody kills it.
// Arguments: the URL of the database, the operation, the point (none: it goes on). It places what it is told to and delivers to `log.onHappened`.
import { postgres, type StoreSource } from 'fulcrum/postgres'
import { happen, log, startBusOn } from './bus-app.ts'

const [url = '', operation = '', point = ''] = process.argv.slice(2)

/** The end that no handler of signals sees. */
function killAt(here: string): void {
  if (here === point) process.kill(process.pid, 'SIGKILL')
}

/** A store that is killed around the transactions of the operation. */
function crashing(source: StoreSource): StoreSource {
  return {
    ...source,
    open: async (dependencies) => {
      const opened = await source.open(dependencies)
      const { store } = opened
      const transaction = store.transaction.bind(store)
      store.transaction = async (settings, call, work) => {
        if (call.operation !== operation) return transaction(settings, call, work)
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

const app = await startBusOn(crashing(postgres({ url })), [log()])
process.on('message', (input: { readonly thing: string; readonly ns: number[] }) => {
  void app.call(happen, input)
})
process.send?.('ready')
