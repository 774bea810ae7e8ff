import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type ProcessIdentity, processWithPid, serves } from './processes.ts'

const STATES = ['starting', 'ready', 'standby', 'stopping'] as const

/** What a postmaster says about itself: `standby` is a replica that does not accept connections yet. */
export type PostmasterState = (typeof STATES)[number]

/** The content of `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number
  readonly port: number | undefined
  readonly state: PostmasterState | undefined
}

/** Reads `postmaster.pid` (line numbers: `src/include/utils/pidfile.h`); `undefined` when there is none. */
export function readPostmasterFile(dataDirectory: string): PostmasterFile | undefined {
  const lines = readLines(postmasterFile(dataDirectory))
  const pid = Number(lines?.[0])
  if (lines === undefined || !Number.isInteger(pid) || pid <= 0) return undefined
  const state = lines[7]?.trim()
  return { pid, port: Number(lines[3]) || undefined, state: STATES.find((known) => known === state) }
}

/**
 * The postmaster that runs on the data directory now. A pid file alone does not show that one does: after a crash or a reboot its
 * pid may belong to any process.
 */
export function runningPostmaster(dataDirectory: string): ProcessIdentity | undefined {
  const file = readPostmasterFile(dataDirectory)
  if (file === undefined || !serves(file.pid, realpathSync(dataDirectory))) return undefined
  return processWithPid(file.pid)
}

export function postmasterFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid')
}

function readLines(path: string): string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
