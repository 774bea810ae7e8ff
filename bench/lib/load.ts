import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pinned } from './pinned.ts'
import type { ServerProcess } from './server-process.ts'

const generator = fileURLToPath(new URL('./load-generator.ts', import.meta.url))

export interface Load {
  /** Asked for in turn. */
  readonly paths: readonly string[]
  /** Default 2. */
  readonly seconds?: number
  /** Default 64. */
  readonly connections?: number
}

/** What the load generator has seen. */
export interface Generated {
  readonly answered: number
  readonly failed: number
  readonly seconds: number
  /** The share of the time that it computed itself: near 1 it is the generator that is measured. */
  readonly busy: number
}

/** What a server did under load. */
export interface Loaded {
  /** Requests answered per second. */
  readonly rate: number
  /** Microseconds of the server's processor per request: in its own code, and with the kernel's on its behalf. */
  readonly user: number
  readonly cpu: number
  readonly generatorBusy: number
}

/** Loads a server with GET requests. An answer without a status of 2xx fails the benchmark: an error is quickly served. */
export async function load(
  server: ServerProcess,
  { paths, seconds = 2, connections = 64 }: Load,
): Promise<Loaded> {
  const [command, ...rest] = pinned('load', generator)
  const before = await server.cpuUsage()
  const order = JSON.stringify({ url: server.url, paths, seconds, connections })
  const { stdout } = await promisify(execFile)(command, [...rest, order], { maxBuffer: 2 ** 26 })
  const after = await server.cpuUsage()
  const { answered, failed, busy, ...generated } = JSON.parse(stdout) as Generated
  if (failed > 0) throw new Error(`${server.url}${paths[0]}: ${failed} of ${answered} requests failed`)
  const user = (after.user - before.user) / answered
  const system = (after.system - before.system) / answered
  return { rate: answered / generated.seconds, user, cpu: user + system, generatorBusy: busy }
}
