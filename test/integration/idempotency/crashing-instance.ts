// A process with one instance that is killed at a named point of its first withdrawal. Arguments: the URL of the database, the point.
import { postgres, type StoreSource } from 'fulcrum/postgres'
import { type CrashPoint, walletApp } from './wallet-app.ts'

const [url = '', point = ''] = process.argv.slice(2)

/** The end that no handler of signals sees. */
function killAt(here: CrashPoint): void {
  if (here === point) process.kill(process.pid, 'SIGKILL')
}

/** A store that is killed around its transactions. */
function crashing(source: StoreSource): StoreSource {
  return {
    ...source,
    open: async (dependencies) => {
      const opened = await source.open(dependencies)
      const { store } = opened
      const transaction = store.transaction.bind(store)
      store.transaction = async (settings, call, work) => {
        if (call.operation !== 'wallets.withdrawAndWait') return transaction(settings, call, work)
        killAt('before the transaction')
        const committed = await transaction(settings, call, async (tx) => {
          const run = tx.run.bind(tx)
          tx.run = async (text, values) => {
            killAt('before its statement')
            const rows = await run(text, values)
            killAt('after its statement')
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

const app = await walletApp({ store: crashing(postgres({ url })) })
process.send?.(app.url)
