// A process with one instance, which is killed at a named point of the first transaction of an operation, or runs until somebody kills it.
// Arguments: the URL of the database, the operation, the point (none: it goes on). It places what it is told to and delivers to `log.onHappened`.
import { postgres } from 'fulcrum/postgres'
import { crashing } from '../../support/crashing-store.ts'
import { happen, log, startBusOn } from './bus-app.ts'

const [url = '', operation = '', point = ''] = process.argv.slice(2)

const app = await startBusOn(crashing(postgres({ url }), { operation, point }), [log()])
process.on('message', (input: { readonly thing: string; readonly ns: number[] }) => {
  void app.call(happen, input)
})
process.send?.('ready')
