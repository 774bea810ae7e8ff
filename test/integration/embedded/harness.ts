import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import {
  readPostmasterFile,
  runningPostmaster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/postmaster-file.ts'
import { serverProcesses } from '../../../packages/fulcrum/src/adapters/embedded-postgres/processes.ts'
import type { EmbeddedOptions } from '../../../packages/fulcrum/src/entries/embedded.ts'
import { waitFor } from '../../support/wait-for.ts'

const SCRIPT = fileURLToPath(new URL('./instance.ts', import.meta.url))

export interface InstanceOptions {
  readonly cwd: string
  readonly options?: EmbeddedOptions
  /** The script that is run; by default the one in this directory, with the sources of this checkout. */
  readonly script?: string
  /** The Node that runs it. Default: this one. */
  readonly node?: string
  readonly account?: { readonly uid: number; readonly gid: number }
}

type Report =
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'primary' | 'replica'; readonly url: string; readonly ms: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }

/** An instance of an application, running as a process. Disposing of it kills it. */
export class Instance implements AsyncDisposable {
  readonly reports: Report[] = []
  readonly #process: ChildProcessWithoutNullStreams
  readonly #exited: Promise<unknown>
  #errors = ''

  constructor({ cwd, options = {}, script = SCRIPT, node = process.execPath, account }: InstanceOptions) {
    this.#process = spawn(node, [script, JSON.stringify(options)], { cwd, ...account })
    this.#process.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.#errors += chunk))
    createInterface(this.#process.stdout).on('line', (line) => this.reports.push(JSON.parse(line) as Report))
    this.#exited = new Promise((resolve) => this.#process.once('close', resolve))
  }

  /** URL of the primary, as soon as the instance has it. */
  async primary(): Promise<string> {
    const { url } = await this.#report('primary', 40_000)
    return url
  }

  /** URL of the first replica, as soon as it streams. */
  async replica(): Promise<string> {
    const { url } = await this.#report('replica', 40_000)
    return url
  }

  /** The code with which the instance was refused. */
  async refusal(): Promise<{ readonly code: string; readonly message: string }> {
    return this.#report('failed', 40_000)
  }

  async log(pattern: RegExp): Promise<string> {
    const find = (): string | undefined =>
      this.reports.map((each) => (each.type === 'log' ? each.line : '')).find((line) => pattern.test(line))
    return waitFor(find, { deadline: 15_000, what: `the instance logs ${pattern.source}` })
  }

  /** Lets the instance leave in good order. */
  async leave(): Promise<void> {
    this.#process.stdin.end()
    await this.#exited
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  async #report<T extends Report['type']>(type: T, deadline: number): Promise<Extract<Report, { type: T }>> {
    const find = (): Report | undefined => {
      const other = this.reports.find((each) => each.type === 'failed')
      if (other !== undefined && type !== 'failed') throw new Error(JSON.stringify(other))
      return this.reports.find((each) => each.type === type)
    }
    const what = `an instance reports ${type}; it says: ${JSON.stringify(this.reports)} ${this.#errors}`
    return (await waitFor(find, { deadline, what })) as Extract<Report, { type: T }>
  }
}

/**
 * An empty checkout in a directory of its own. Disposing of it kills whatever still runs for its cluster.
 */
export class Checkout implements AsyncDisposable {
  readonly directory: string
  readonly #top: string
  /** Where the cluster of the checkout lives. */
  home: string

  constructor() {
    this.#top = mkdtempSync(join(tmpdir(), 'fulcrum-embedded-'))
    this.letIn('everybody')
    this.directory = join(this.#top, 'checkout')
    mkdirSync(join(this.directory, '.git'), { recursive: true })
    this.home = join(this.directory, '.fulcrum', 'postgres')
  }

  /** Who may enter the directory above the checkout. */
  letIn(who: 'everybody' | 'owner'): void {
    chmodSync(this.#top, who === 'owner' ? 0o700 : 0o755)
  }

  get dataDirectory(): string {
    return join(this.home, 'primary')
  }

  start(options: EmbeddedOptions = {}, more: Partial<InstanceOptions> = {}): Instance {
    return new Instance({ cwd: this.directory, options, ...more })
  }

  /** The postmaster of a node; `undefined` when there is none. */
  postmaster(node = 'primary'): number | undefined {
    const directory = join(this.home, node)
    return existsSync(directory) ? runningPostmaster(directory)?.pid : undefined
  }

  /** The port that a node's postmaster says it listens on. */
  port(): number | undefined {
    return readPostmasterFile(this.dataDirectory)?.port
  }

  /** The processes that are supervisors of this checkout's cluster now, by what they call themselves. */
  supervisors(): number[] {
    return pids().filter((pid) => commandOf(pid).startsWith(`fulcrum: PostgreSQL of ${this.home}`))
  }

  /** The only supervisor. */
  supervisor(): number {
    const found = this.supervisors()
    if (found.length !== 1) throw new Error(`${found.length} supervisors`)
    return found[0] as number
  }

  /** Leaves everything behind as a machine does that loses its power. */
  async crash(...instances: Instance[]): Promise<void> {
    // In this order: an instance that outlives its supervisor would start another one.
    await Promise.all(instances.map((instance) => instance.kill()))
    await killAndWait(this.supervisor())
    for (const node of ['primary', 'replica_1']) {
      const postmaster = this.postmaster(node)
      if (postmaster !== undefined) await killAndWait(postmaster)
    }
  }

  removeHome(): void {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 })
  }

  /** Waits until neither a supervisor nor a server is left. */
  async isDown(): Promise<void> {
    const isDown = (): boolean => this.supervisors().length === 0 && this.postmaster() === undefined
    await waitFor(isDown, { deadline: 20_000, what: 'the cluster is down' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.supervisors()) kill(pid)
    for (const node of existsSync(this.home) ? readdirSync(this.home) : []) {
      for (const { pid } of serverProcesses(join(this.home, node))) kill(pid)
    }
    await waitFor(() => this.supervisors().length === 0)
    this.removeHome()
    rmSync(this.#top, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** SIGKILL to one process; resolves when it is gone. */
export async function killAndWait(pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no process to kill')
  kill(pid)
  await waitFor(() => !existsSync(`/proc/${pid}`) || /^\d+ \(.*\) Z/.test(read(`/proc/${pid}/stat`)))
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Runs one statement on a connection of its own. */
export async function ask<Row extends Record<string, unknown>>(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(statement, values)).rows
  } finally {
    await client.end()
  }
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
