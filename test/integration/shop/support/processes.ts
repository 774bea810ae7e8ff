import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../../../support/wait-for.ts'

const directory = fileURLToPath(new URL('../../../../examples/shop/', import.meta.url))
const program = fileURLToPath(new URL('../../../../packages/fulcrum/bin/fulcrum.js', import.meta.url))

export interface ShopProcess extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  /** What it has printed so far. */
  readonly output: () => string
  /** Ends it; resolves with its exit code, or the signal that killed it. */
  stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** Starts the shop as `npm start` does, from what was built, or what another configuration makes of it; resolves when it serves. */
export async function startShop(
  env: Record<string, string>,
  config: string = 'fulcrum.config.ts',
): Promise<ShopProcess> {
  const child = spawn(process.execPath, [program, 'start', '--config', config, '--port', '0'], {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => chunks.push(String(text)))
  const output = (): string => chunks.join('')
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const stop = async (signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> => {
    child.kill(signal)
    const [code, killedBy] = await exited
    return code ?? killedBy
  }
  const serving = waitFor(() => / serves on (http:\S+)/.exec(output())?.[1], {
    deadline: 30_000,
    what: 'the shop to serve',
  })
  const url = await Promise.race([serving, exited.then(() => undefined)]).catch(() => undefined)
  if (url === undefined) {
    await stop('SIGKILL')
    throw new Error(`the shop did not start:\n${output()}`)
  }
  return {
    pid: child.pid as number,
    url,
    output,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  }
}

/** Runs `npm run traffic` against a shop; resolves with its exit code and what it printed. */
export async function runTraffic(
  url: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['traffic/main.ts', ...args], {
    cwd: directory,
    env: { ...process.env, PORT: new URL(url).port },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text) => chunks.push(String(text)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: chunks.join('') }
}

/** The processes that this one has started and that still run. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
