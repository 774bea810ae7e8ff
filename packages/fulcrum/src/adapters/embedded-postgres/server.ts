import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Account } from './account.ts'
import { endOfLog, openLog } from './files.ts'
import { postmasterFile, readPostmasterFile, runningPostmaster } from './postmaster-file.ts'
import { isRunning, type ProcessIdentity, processWithPid, serverProcesses, signal } from './processes.ts'
import type { Runtime } from './runtime.ts'
import { type Settings, writeSettings } from './settings.ts'
import { waitUntil } from './waiting.ts'

/** What a node needs to run. */
export interface ServerPlan {
  /** For messages: `primary`, `replica_1`. */
  readonly name: string
  readonly directory: string
  readonly logFile: string
  readonly port: number
  readonly settings: Settings
  readonly account: Account | undefined
  readonly runtime: Runtime
}

// Recovery after a crash replays at most max_wal_size of WAL, which takes seconds; this is for slow disks.
const START_LIMIT = 120_000
const STOP_LIMIT = 30_000
const DEATH_LIMIT = 10_000
const LOG_LIMIT = 10 * 1024 * 1024

/**
 * One running postmaster, started here or found running.
 *
 * running → stop() → gone; running → (killed by somebody) → gone. `exited` resolves at the second arrow, whoever caused it. A server
 * object is never reused: starting again makes a new one.
 */
export class PostgresServer {
  readonly plan: ServerPlan
  readonly process: ProcessIdentity
  /** Resolves when the postmaster is gone. Its other processes may live on for an instant. */
  readonly exited: Promise<void>
  readonly #clock: Clock

  private constructor(plan: ServerPlan, running: Running, clock: Clock) {
    this.plan = plan
    this.process = running.process
    this.exited = running.exited
    this.#clock = clock
  }

  /**
   * Starts a postmaster and waits until it accepts connections. The directory must not have a running one.
   *
   * @throws FUL-5002 with the end of the log when it does not; the signal's reason when that aborts first.
   */
  static async start(plan: ServerPlan, clock: Clock, stopping?: AbortSignal): Promise<PostgresServer> {
    await clearRemains(plan.directory, clock)
    writeSettings(plan.directory, { ...plan.settings, port: plan.port, cluster_name: plan.name })
    const running = launch(plan)
    const accepting = await waitUntil(clock, { limit: START_LIMIT, every: 5 }, () =>
      stopping?.aborted === true ? false : startState(plan, running),
    )
    if (accepting === true) return new PostgresServer(plan, running, clock)
    signal(running.process, 'SIGQUIT')
    stopping?.throwIfAborted()
    const reason = running.failure?.message ?? endOfLog(plan.logFile)
    throw fulcrumError('FUL-5002', { node: plan.name, log: plan.logFile, reason })
  }

  /** Takes over a postmaster that somebody else started. */
  static adopt(plan: ServerPlan, found: ProcessIdentity, clock: Clock): PostgresServer {
    return new PostgresServer(plan, { process: found, exited: watch(found, clock) }, clock)
  }

  /**
   * Stops the server: ends sessions, writes everything out. Paused servers are resumed first; one that does not stop within
   * 30 s is stopped the hard way, which costs a recovery at the next start and no data.
   */
  async stop(): Promise<void> {
    this.resume()
    for (const name of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      signal(this.process, name)
      if (await this.#isGoneWithin(STOP_LIMIT)) break
    }
    await clearRemains(this.plan.directory, this.#clock)
  }

  /** SIGKILL to every process of the server at once: what a crash of its machine looks like. */
  async kill(): Promise<void> {
    signal(this.process, 'SIGKILL')
    await this.#isGoneWithin(DEATH_LIMIT)
    await clearRemains(this.plan.directory, this.#clock)
  }

  /** Freezes every process of the server: connections stay open and nothing answers. */
  pause(): void {
    signal(this.process, 'SIGSTOP')
    for (const each of serverProcesses(realpathSync(this.plan.directory))) signal(each, 'SIGSTOP')
  }

  resume(): void {
    for (const each of serverProcesses(realpathSync(this.plan.directory))) signal(each, 'SIGCONT')
  }

  async #isGoneWithin(limit: number): Promise<boolean> {
    return (await waitUntil(this.#clock, { limit }, () => !isRunning(this.process) || undefined)) === true
  }
}

interface Running {
  readonly process: ProcessIdentity
  readonly exited: Promise<void>
  /** Why the program could not even be run. */
  failure?: Error
}

function launch(plan: ServerPlan): Running {
  const { promise: exited, resolve } = Promise.withResolvers<void>()
  const child = spawnServer(plan)
  const found = child.pid === undefined ? undefined : processWithPid(child.pid)
  const running: Running = { process: found ?? { pid: child.pid ?? 0, startTicks: Number.NaN }, exited }
  child.once('exit', () => resolve())
  child.once('error', (error) => {
    running.failure = error
    resolve()
  })
  child.unref()
  return running
}

// A session of its own: Ctrl-C in the terminal of an instance must not reach it. A minimal environment: PG… variables of the
// developer's shell would change what the server does.
function spawnServer(plan: ServerPlan): ChildProcess {
  rotate(plan.logFile)
  const log = openLog(plan.logFile)
  try {
    return spawn(join(plan.runtime.bin, 'postgres'), ['-D', plan.directory], {
      cwd: dirname(plan.runtime.bin),
      detached: true,
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log, log],
      ...plan.account,
    })
  } finally {
    closeSync(log)
  }
}

function rotate(logFile: string): void {
  const found = statSync(logFile, { throwIfNoEntry: false })
  if (found !== undefined && found.size > LOG_LIMIT) renameSync(logFile, `${logFile}.1`)
}

// true: accepts connections. false: died. undefined: neither yet.
function startState(plan: ServerPlan, running: Running): boolean | undefined {
  if (!isRunning(running.process)) return false
  const file = readPostmasterFile(plan.directory)
  return file?.pid === running.process.pid && file.state === 'ready' ? true : undefined
}

async function watch(found: ProcessIdentity, clock: Clock): Promise<void> {
  while (isRunning(found)) {
    const { promise, resolve } = Promise.withResolvers<void>()
    clock.timer(100, resolve, { ref: false })
    await promise
  }
}

/**
 * Ends what a dead postmaster left behind: processes that still work in the directory, which would keep a new one from starting,
 * and its pid file, whose pid may by now belong to a process that PostgreSQL would take for a running postmaster.
 */
async function clearRemains(directory: string, clock: Clock): Promise<void> {
  if (runningPostmaster(directory) !== undefined) throw fulcrumError('FUL-5003', { directory })
  const real = realpathSync(directory)
  const isEmpty = (): true | undefined => {
    const left = serverProcesses(real)
    for (const each of left) signal(each, 'SIGKILL')
    return left.length === 0 || undefined
  }
  if ((await waitUntil(clock, { limit: DEATH_LIMIT }, isEmpty)) === undefined) {
    throw fulcrumError('FUL-5003', { directory })
  }
  rmSync(postmasterFile(directory), { force: true })
}
