/**
 * An instance of an application as a process of its own. Takes options as JSON in the first argument; reports what happens as lines of
 * JSON on standard output; leaves when its standard input ends, releasing its place.
 */
import { embedded, type EmbeddedOptions } from '../../../packages/fulcrum/src/entries/embedded.ts'
import { createRealClock } from '../../../packages/fulcrum/src/kernel/clock-real.ts'
import { createRealRandom } from '../../../packages/fulcrum/src/kernel/random-real.ts'

const clock = createRealClock()

function report(event: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

try {
  const began = clock.now()
  const cluster = await embedded(JSON.parse(process.argv[2] ?? '{}') as EmbeddedOptions).start({
    clock,
    random: createRealRandom(),
    log: (line) => report({ type: 'log', line }),
  })
  report({ type: 'primary', url: cluster.primaryUrl, ms: clock.now() - began })
  cluster.onReplica((url) => report({ type: 'replica', url, ms: clock.now() - began }))
  process.stdin.resume().once('end', () => {
    void cluster.release().then(() => process.exit())
  })
} catch (error) {
  const { code, message } = error as { code?: string; message: string }
  report({ type: 'failed', code, message })
}
