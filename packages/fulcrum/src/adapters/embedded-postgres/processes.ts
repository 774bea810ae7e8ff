import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { remove } from './files.ts'

/**
 * One process for as long as it lives. The kernel reuses process ids, so the pid alone does not identify a process; the pid with the
 * time at which it started (in clock ticks since boot, `proc(5)`) does.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTicks: number
}

/** The process that has the pid now; `undefined` when there is none, or only the remains of one that nobody has reaped. */
export function processWithPid(pid: number): ProcessIdentity | undefined {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === undefined) return undefined
  // The second field is the command in parentheses and may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  if (state === 'Z' || state === 'X') return undefined
  return { pid, startTicks: Number(fields[19]) }
}

export function isRunning(process: ProcessIdentity): boolean {
  return processWithPid(process.pid)?.startTicks === process.startTicks
}

const PROGRAMS = ['postgres', 'initdb']

/**
 * Whether the process is one of PostgreSQL's on this data directory: all of them work there. The program's name is asked too, because
 * a developer's shell may work there as well. `false` for processes of other accounts.
 */
export function serves(pid: number, directory: string): boolean {
  const at = readOrUndefined(() => readlinkSync(`/proc/${pid}/cwd`))
  if (at !== directory && at?.startsWith(`${directory}/`) !== true) return false
  return PROGRAMS.includes(readOrUndefined(() => readFileSync(`/proc/${pid}/comm`, 'utf8'))?.trim() ?? '')
}

/**
 * Every process of PostgreSQL on the data directory (its real path), or on one within it. Each has a process group of its own, so this is how
 * to find them when the postmaster is gone.
 */
export function serverProcesses(directory: string): ProcessIdentity[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids
    .filter((pid) => serves(pid, directory))
    .map((pid) => processWithPid(pid))
    .filter((found) => found !== undefined)
}

/** Sends a signal; `false` when the process is already gone. */
export function signal(target: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(target)) return false
  try {
    return process.kill(target.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Kills what works in a directory and removes the directory. */
export function removeWithServers(directory: string): void {
  for (const each of serverProcesses(directory)) signal(each, 'SIGKILL')
  remove(directory)
}

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
