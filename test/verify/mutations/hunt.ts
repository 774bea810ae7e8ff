import { rmSync } from 'node:fs'
import type { Violation } from '../checkers/violation.ts'
import { SMALL_BOUNDS } from '../driver/bounds.ts'
import { copyPackage } from '../driver/package-copy.ts'
import { Patience, Stretched } from '../driver/stretched.ts'
import type { Work, World } from '../driver/world.ts'
import { READS } from '../instance/operations.ts'
import { readsOf } from '../report/tally.ts'
import type { Mutation } from './mutation.ts'

/** What became of a mutation. */
export interface Hunted {
  readonly mutation: Mutation
  /** The first violation; `undefined`: nothing was found out. */
  readonly by: Violation | undefined
  /** Reads that were answered up to that one. */
  readonly reads: number
  /** From the first question to that answer. */
  readonly seconds: number
}

export interface HuntOptions {
  /** Milliseconds of a round. */
  readonly ms: number
  /** When so many milliseconds have passed, no other round begins; there is at least one. */
  readonly limit: number
}

/** Has the instances run a package with a broken rule, in the trouble in which that shows, until a check finds it out. */
export async function hunt(world: World, mutation: Mutation, options: HuntOptions): Promise<Hunted> {
  const { name, edits } = mutation
  const folder = copyPackage(`${name.replaceAll(/\W/g, '-')}-${process.pid}`, [...SMALL_BOUNDS, ...edits])
  try {
    await world.deploy(folder)
    return await search(world, mutation, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function search(world: World, mutation: Mutation, { ms, limit }: HuntOptions): Promise<Hunted> {
  const startedAt = performance.now()
  const since = (time: number): number => (time - startedAt) / 1_000
  let reads = 0
  do {
    const work = await roundOf(world, mutation, ms)
    const [by] = work.violations.toSorted((a, b) => a.operation.completed - b.operation.completed)
    if (by !== undefined)
      return { mutation, by, reads: reads + readsUntil(work, by), seconds: since(by.operation.completed) }
    reads += readsOf(work.tallies)
    requireAnswers(work)
  } while (performance.now() - startedAt < limit)
  return { mutation, by: undefined, reads, seconds: since(performance.now()) }
}

/** A package that refuses everything keeps every promise. */
function requireAnswers({ operations, tallies }: Work): void {
  const asked = operations.filter(({ kind }) => kind === 'read').length
  if (readsOf(tallies) * 2 >= asked) return
  const codes = tallies.flatMap(({ refused }) => [...refused.keys()])
  throw new Error(`Most reads were refused: ${[...new Set(codes)].join(', ')}`)
}

/** Few items: what one does meets what others do. */
const KEYS = 8

async function roundOf(world: World, { phase, reads }: Mutation, ms: number): Promise<Work> {
  const load = { without: phase.without ?? [], keys: KEYS, ...(reads && { reads: READS.filter(reads) }) }
  const work = await world.work(load, async ({ pace }) => {
    const isEnough = (): boolean => true
    using span = new Stretched(ms, { isEnough, patience: new Patience(0), calm: () => pace.calm() })
    await phase.during(world, span)
  })
  await world.cluster.settle()
  return work
}

function readsUntil({ operations }: Work, { operation: { completed } }: Violation): number {
  return operations.filter(
    ({ kind, outcome, completed: at }) => kind === 'read' && outcome === 'ok' && at <= completed,
  ).length
}
