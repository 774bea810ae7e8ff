// A process with one instance that is killed at the COMMIT of one of its batches. Arguments: the URL of the database, before or after which COMMIT.
import { postgres } from 'fulcrum/postgres'
import type { StoreSource } from 'fulcrum/postgres'
import { itemsApp } from './items-app.ts'

const [url = '', when = '', number = '1'] = process.argv.slice(2)

function killing(source: StoreSource): StoreSource {
  return {
    ...source,
    open: async (dependencies) => {
      const opened = await source.open(dependencies)
      const { store } = opened
      const transaction = store.transaction.bind(store)
      let commits = 0
      store.transaction = async (settings, call, work) => {
        if (call.operation !== 'items.import') return transaction(settings, call, work)
        commits += 1
        const isLast = commits === Number(number)
        const committed = await transaction(settings, call, async (tx) => {
          const value = await work(tx)
          if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL')
          return value
        })
        if (isLast && when === 'after') process.kill(process.pid, 'SIGKILL')
        return committed
      }
      return opened
    },
  }
}

const { url: address } = await itemsApp(killing(postgres({ url })))
process.send?.(address)
