import { readdirSync, readFileSync } from 'node:fs'
import { execute } from './execute.ts'

/** Linux counts processor time in hundredths of a second (`USER_HZ`, proc(5)). */
const TICK_US = 10_000

/** Not by way of a backend's parent: the backend that has answered may be gone by then. */
const POSTMASTER = String.raw`select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int as pid`

/** Tells the processor time that a PostgreSQL on this machine has used so far, all its processes together, in microseconds. */
export async function serverCpu(url: string): Promise<() => number> {
  const { rows } = await execute<{ pid: number }>(url, POSTMASTER)
  const postmaster = rows[0]?.pid ?? 0
  return () => {
    const own = timesOf(postmaster, 'with the children that have ended')
    return children(postmaster).reduce((sum, pid) => sum + timesOf(pid), own) * TICK_US
  }
}

function children(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => parentOf(pid) === parent)
}

/** 0 for a process that is gone. */
function parentOf(pid: number): number {
  return Number(fieldsOf(pid)[1] ?? 0)
}

function timesOf(pid: number, which?: 'with the children that have ended'): number {
  const times = fieldsOf(pid).slice(11, which === undefined ? 13 : 15)
  return times.reduce((sum, ticks) => sum + Number(ticks), 0)
}

/** What /proc says of a process, from its state on: the name before it may contain anything. */
function fieldsOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
