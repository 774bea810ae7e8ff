/**
 * The supervisor's process. Started detached by an instance with one argument, `SupervisorSettings` as JSON; runs from the sources and
 * from the build alike. Ends when its cluster has no instances, and at once when the cluster has a supervisor already.
 */
import { join } from 'node:path'
import { createRealClock } from '../../kernel/clock-real.ts'
import { createRealRandom } from '../../kernel/random-real.ts'
import { Cluster } from './cluster.ts'
import { openHome } from './home.ts'
import { supervisorAddress } from './protocol.ts'
import { installRuntime } from './runtime.ts'
import type { SupervisorSettings } from './spawn-supervisor.ts'
import { Supervisor } from './supervisor.ts'

const clock = createRealClock()
const settings = JSON.parse(process.argv[2] ?? '') as SupervisorSettings
const home = openHome(settings.home)
const secret = home.secrets.supervisor

const supervisor = new Supervisor({ clock, address: supervisorAddress(secret), secret, log, makeCluster })
if (await supervisor.listen()) {
  process.title = `fulcrum: PostgreSQL of ${home.directory}`
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => void supervisor.shutDown())
  log('supervisor started')
  await supervisor.run()
  log('supervisor done')
}

function makeCluster(): Cluster {
  const runtime = installRuntime(settings.platformPackage, join(home.directory, 'runtime'))
  const onReplicas = (ports: readonly number[]): void => supervisor.announce(ports)
  return new Cluster(home, runtime, { clock, random: createRealRandom(), log: tell, onReplicas })
}

function tell(line: string): void {
  log(line)
  supervisor.tell(line)
}

function log(line: string): void {
  process.stdout.write(`${new Date(clock.wall()).toISOString()} [${process.pid}] ${line}\n`)
}
