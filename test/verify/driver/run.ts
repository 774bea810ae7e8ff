import { appendFileSync, writeFileSync } from 'node:fs'
import type { Violation } from '../checkers/violation.ts'
import type { Fault } from '../faults/fault.ts'
import { noFaults } from '../faults/faults.ts'
import type { Phase } from '../report/shortcomings.ts'
import { readsOf, sum, tally, type Tally } from '../report/tally.ts'
import type { World } from './world.ts'

export interface RunOptions {
  readonly phases: readonly Fault[]
  /** Milliseconds of each phase. */
  readonly ms: number
  /** Rounds of all phases go on until so many reads are answered and so many milliseconds have passed; there is at least one. */
  readonly least: { readonly reads: number; readonly ms: number }
  /** Where the history is written, as JSON lines. */
  readonly history: string | undefined
  readonly log: (line: string) => void
}

/** What a run has shown. */
export interface Outcome {
  /** One for each kind of phase. */
  readonly phases: readonly Phase[]
  readonly totals: readonly Tally[]
  readonly violations: readonly Violation[]
  readonly seconds: number
}

/** Has the load run through phase after phase, and checks each when it is over. */
export async function run(world: World, options: RunOptions): Promise<Outcome> {
  const { phases, ms, least, history, log } = options
  if (history !== undefined) writeFileSync(history, '')
  const startedAt = performance.now()
  const tallies = new Map<Fault, Tally[]>()
  const violations: Violation[] = []
  do {
    for (const phase of phases) {
      const done = await world.work(() => phase.during(world, ms))
      if (history !== undefined) appendFileSync(history, linesOf(done.operations))
      violations.push(...done.violations)
      const counted = tally(done.operations, done.violations)
      tallies.set(phase, sum([tallies.get(phase) ?? [], counted]))
      log(`${phase.name}: ${readsOf(counted)} reads, ${done.violations.length} violations`)
      await world.cluster.settle()
    }
  } while (performance.now() - startedAt < least.ms || readsOf(sum([...tallies.values()])) < least.reads)
  return {
    phases: [...tallies].map(([phase, each]) => ({
      name: phase.name,
      isFaulty: phase !== noFaults,
      tallies: each,
    })),
    totals: sum([...tallies.values()]),
    violations,
    seconds: (performance.now() - startedAt) / 1_000,
  }
}

function linesOf(operations: readonly unknown[]): string {
  return operations.map((operation) => `${JSON.stringify(operation)}\n`).join('')
}
