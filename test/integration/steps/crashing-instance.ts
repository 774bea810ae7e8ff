// A process with one instance that is killed at a named point of its first run. Arguments: the URL of the database, that of the provider, the point.
import { postgres } from 'fulcrum/postgres'
import { crashing } from '../../support/crashing-store.ts'
import { crashingLog } from './crashing-log.ts'
import { tripsApp } from './trips-app.ts'

const [url = '', provider = '', point = ''] = process.argv.slice(2)

function at(here: string): void {
  if (here === point) process.kill(process.pid, 'SIGKILL')
}

const [operation = '', place = ''] = point.split(': ')
const store = crashing(crashingLog(postgres({ url }), at), { operation, point: place })
const app = await tripsApp({ store, provider, at, steps: { recover: false } })
process.send?.(app.url)
