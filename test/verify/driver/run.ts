import { appendFileSync, writeFileSync } from 'node:fs'
import type { Violation } from '../checkers/violation.ts'
import type { Fault } from '../faults/fault.ts'
import { noFaults } from '../faults/faults.ts'
import type { Phase } from '../report/shortcomings.ts'
import { lacks } from '../report/lacks.ts'
import { readsOf, sum, type Tally } from '../report/tally.ts'
import { Patience, Stretched } from './stretched.ts'
import type { Work, World } from './world.ts'

export interface RunOptions {
  readonly phases: readonly Fault[]
  /** Milliseconds of each phase. */
  readonly ms: number
  /** For how many milliseconds phases may go on, all together, until each level was tried from each source. */
  readonly patience: number
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
  const { phases, least, history, log } = options
  const patience = new Patience(options.patience)
  if (history !== undefined) writeFileSync(history, '')
  const startedAt = performance.now()
  const tallies = new Map<Fault, Tally[]>()
  const violations: Violation[] = []
  do {
    for (const phase of phases) {
      const done = await work(world, phase, { ms: options.ms, patience })
      if (history !== undefined) appendFileSync(history, linesOf(done.operations))
      violations.push(...done.violations)
      tallies.set(phase, sum([tallies.get(phase) ?? [], done.tallies]))
      log(`${phase.name}: ${readsOf(done.tallies)} reads, ${done.violations.length} violations`)
      await world.cluster.settle()
    }
  } while (performance.now() - startedAt < least.ms || readsOf(sum([...tallies.values()])) < least.reads)
  return {
    phases: [...tallies].map(([phase, each]) => ({
      name: phase.name,
      isFaulty: phase !== noFaults,
      without: phase.without ?? [],
      tallies: each,
    })),
    totals: sum([...tallies.values()]),
    violations,
    seconds: (performance.now() - startedAt) / 1_000,
  }
}

interface Length {
  readonly ms: number
  readonly patience: Patience
}

/** A phase: all clients for its time, and then a few that look for what is lacking, as long as something is. */
function work(world: World, phase: Fault, { ms, patience }: Length): Promise<Work> {
  const { without = [] } = phase
  return world.work({ without }, async ({ pace, recorder }) => {
    const isEnough = (): boolean => lacks(recorder.tallies.all, { without }).length === 0
    using span = new Stretched(ms, { isEnough, patience, calm: () => pace.calm() })
    await phase.during(world, span)
  })
}

function linesOf(operations: readonly unknown[]): string {
  return operations.map((operation) => `${JSON.stringify(operation)}\n`).join('')
}
