import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const hasTaskset = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** Which core a program runs on, so that a server and what loads it do not take turns on one. */
export const CORES = { server: '0', load: '1' } as const

/** The command line of a Node program on one core, where the machine lets one choose. */
export function pinned(core: keyof typeof CORES, program: string): [command: string, ...rest: string[]] {
  return pinnedProgram(core, process.execPath, program)
}

/** The same of any program. */
export function pinnedProgram(
  core: keyof typeof CORES,
  ...command: readonly [program: string, ...rest: string[]]
): [command: string, ...rest: string[]] {
  return hasTaskset ? ['taskset', '-c', CORES[core], ...command] : [...command]
}

/** Moves this process to a core: for benchmarks that load a server themselves. */
export function pinSelf(core: keyof typeof CORES): void {
  if (hasTaskset) spawnSync('taskset', ['-a', '-c', '-p', CORES[core], String(process.pid)])
}
