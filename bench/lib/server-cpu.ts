import { readdirSync, readFileSync } from 'node:fs'
import { execute } from './execute.ts'

/** Linux counts processor time in hundredths of a second (`USER_HZ`, proc(5)). */
const TICK_US = 10_000

/** Tells the processor time that a PostgreSQL on this machine has used so far, all its processes together, in microseconds. */
export async function serverCpu(url: string): Promise<() => number> {
  const { rows } = await execute<{ pid: number }>(url, 'select pg_backend_pid() as pid')
  const postmaster = parentOf(rows[0]?.pid ?? 0)
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
