// A process with one instance that records one id after the other, many at a time, and says which of them were answered, until it is killed.
// Arguments: the URL of the database, the first id, what to call.
import { writeSync } from 'node:fs'
import { accept, metersApp, record } from './meters-app.ts'

const [url = '', first = '', how = ''] = process.argv.slice(2)
const { app } = await metersApp(url)
let id = Number(first)
await Promise.all(Array.from({ length: 200 }, keepRecording))

async function keepRecording(): Promise<never> {
  for (;;) {
    const next = id++
    if (how === 'accept') await app.call(accept, { id: next })
    else await app.call(record, { id: next, meter: 1 })
    // Gone from this process when it returns, so nothing that was answered is forgotten with it.
    writeSync(1, `${next}\n`)
    if (how === 'accept') await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
