// A process with one instance of the application that is told of events. Arguments: the URLs of its database and of the broker.
import { startSink } from './apps.ts'

const [url = '', servers = ''] = process.argv.slice(2)
await startSink(url, servers)
process.send?.('ready')
