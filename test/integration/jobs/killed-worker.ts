// A process with one instance that runs jobs until it is killed. Argument: the URL of the database.
import { startInstance } from './work-module.ts'

const [url = ''] = process.argv.slice(2)

const { steps } = await startInstance(url)
steps.step = ({ item }, { attempt }) => {
  // Until it is killed, the first time.
  if (item.startsWith('hangs') && attempt === 1) return new Promise(() => {})
}
process.send?.('running')
