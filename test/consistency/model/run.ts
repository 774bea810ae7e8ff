import { Mix } from './actions.ts'
import { type Violation, World, type WorldOptions } from './world.ts'

/** Actions of one run that do something. */
export const ACTIONS_OF_A_RUN = 100
/** Draws of one run, those with nothing to do among them. */
const MOST_STEPS = 400

export interface RunOptions extends WorldOptions {
  /** Which steps are taken, for shrinking; all of them. */
  readonly takes?: (step: number) => boolean
  readonly trace?: (line: string) => void
}

/** Ended in a violation, at that step. */
export interface Ended {
  readonly violation: Violation
  readonly step: number
}

const mix = new Mix()

/** One seeded interleaving. */
export function run(seed: number, options: RunOptions): Ended | undefined {
  const { takes, trace, counts } = options
  const shape = {
    instances: 2 + (seed % 2),
    sessions: 2 + ((seed >>> 1) % 2),
    queries: 2 + ((seed >>> 2) % 4),
  }
  const world = new World(options, shape)
  world.trace = trace
  world.random.reseed(seed, 0)
  mix.draw(world.random)
  counts.runs += 1
  let actions = 0
  for (let step = 1; step < MOST_STEPS && actions < ACTIONS_OF_A_RUN; step++) {
    if (takes !== undefined && !takes(step)) continue
    world.random.reseed(seed, step)
    if (!mix.next(world.random).act(world)) continue
    actions += 1
    world.time += 1 + world.random.below(2)
    if (world.violation !== undefined) return { violation: world.violation, step }
  }
  counts.actions += actions
  return undefined
}
