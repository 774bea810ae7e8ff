// How long an embedded cluster takes until its primary serves and until its replica streams: with nothing there (cold), with data and
// no server (warm), and with a running cluster (joined). Seen by an instance, the start of the supervisor included.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { embedded } from 'fulcrum/embedded'
import { createRealClock } from '../packages/fulcrum/src/kernel/clock-real.ts'
import { createRealRandom } from '../packages/fulcrum/src/kernel/random-real.ts'
import { print } from './lib/outcome.ts'

const ROUNDS = 5
const parts = { clock: createRealClock(), random: createRealRandom() }
const figures = new Map<string, number[]>()

function record(name: string, figure: number): void {
  figures.set(name, [...(figures.get(name) ?? []), figure])
}

async function measure(kind: string, directory: string): Promise<() => Promise<void>> {
  const start = performance.now()
  const cluster = await embedded({ directory }).start(parts)
  record(`${kind}: primary ready`, performance.now() - start)
  await cluster.replicaUrls()
  record(`${kind}: replica streams`, performance.now() - start)
  return () => cluster.release()
}

// Without the five seconds for which the cluster would stay.
async function stop(directory: string): Promise<void> {
  const log = readFileSync(join(directory, 'supervisor.log'), 'utf8')
  const pid = Number([...log.matchAll(/\[(\d+)\] supervisor started/g)].at(-1)?.[1])
  process.kill(pid, 'SIGTERM')
  while (existsSync(`/proc/${pid}`)) await sleep(10)
}

async function round(directory: string): Promise<void> {
  const leaveCold = await measure('cold', directory)
  const leaveJoined = await measure('joined', directory)
  await Promise.all([leaveCold(), leaveJoined()])
  await stop(directory)
  const leaveWarm = await measure('warm', directory)
  await leaveWarm()
  await stop(directory)
}

for (let index = 0; index < ROUNDS; index += 1) {
  const directory = mkdtempSync(join(tmpdir(), 'fulcrum-bench-'))
  // Under root, PostgreSQL's account has to enter it.
  chmodSync(directory, 0o755)
  try {
    await round(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

print({
  title: 'Start of an embedded cluster',
  unit: 'ms',
  better: 'less',
  figures,
  notes: [
    `medians of ${ROUNDS} alternating rounds, fsync on, Node ${process.version}, ${availableParallelism()} cores`,
    'targets: primary ready < 3000 ms cold and < 1000 ms warm',
  ],
})
