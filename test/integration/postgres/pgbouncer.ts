import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverAccount } from '../../../packages/fulcrum/src/adapters/embedded-postgres/account.ts'
import { freePort } from '../../support/free-port.ts'
import { folderOf } from '../../support/system-program.ts'
import { waitFor } from '../../support/wait-for.ts'
import { Observer } from './harness.ts'

export interface PgBouncerOptions {
  readonly pool_mode: 'session' | 'transaction'
  readonly [setting: string]: string | number
}

/** PgBouncer between a store and its server. */
export class PgBouncer implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  static async before(target: string, options: PgBouncerOptions): Promise<PgBouncer> {
    const port = await freePort()
    const folder = await mkdtemp(join(tmpdir(), 'fulcrum-pgbouncer-'))
    const account = serverAccount(folder)
    const file = join(folder, 'pgbouncer.ini')
    await writeFile(file, configOf(new URL(target), { listen_port: port, ...options }))
    if (account !== undefined) for (const path of [folder, file]) await chown(path, account.uid, account.gid)
    const program = join(await folderOf('pgbouncer'), 'pgbouncer')
    const running = spawn(program, [file], { cwd: folder, stdio: 'ignore', ...account })
    const url = Object.assign(new URL(target), { port: String(port) }).href
    const bouncer = new PgBouncer(url, running, folder)
    await waitFor(() => answers(url), { what: 'PgBouncer answers' })
    return bouncer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGKILL')
      await once(this.#process, 'exit')
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function configOf({ hostname, port, username, password }: URL, settings: Record<string, unknown>): string {
  const server = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`
  const lines = Object.entries({
    listen_addr: '127.0.0.1',
    unix_socket_dir: '',
    auth_type: 'any',
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`)
  return ['[databases]', `* = ${server}`, '[pgbouncer]', ...lines, ''].join('\n')
}

async function answers(url: string): Promise<boolean> {
  await using observer = await Observer.connect(url)
  return (await observer.rows('SELECT 1')).length === 1
}
