// A process with one instance that records one id after the other, many at a time, and says which of them were answered, until it is killed.
// Arguments: the URL of the database, the first id, what to call.
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { accept, metersApp, record } from './meters-app.ts'

const [url = '', first = '', how = ''] = process.argv.slice(2)
const { app } = await metersApp(url)
let id = Number(first)
await Promise.all(Array.from({ length: 200 }, keepRecording))

async function keepRecording(): Promise<never> {
  for (;;) {
    const next = id++
    const isDone = how === 'accept' ? await accepts(next) : await records(next)
    // Gone from this process when it returns, so nothing that was answered is forgotten with it.
    if (isDone) writeSync(1, `${next}\n`)
  }
}

async function records(next: number): Promise<boolean> {
  await app.call(record, { id: next, meter: 1 })
  return true
}

/** Its queue may be full. */
async function accepts(next: number): Promise<boolean> {
  await pause(5)
  try {
    await app.call(accept, { id: next })
    return true
  } catch {
    return false
  }
}
