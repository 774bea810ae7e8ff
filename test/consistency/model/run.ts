import { Mix } from './actions.ts'
import { drawHabits, type Habits } from './habits.ts'
import { changeOutside } from './news.ts'
import { type Tendency, tendencyOf } from './tendencies.ts'
import { type Violation, World, type WorldOptions } from './world.ts'
import { XorShift } from './xorshift.ts'

/** Actions of one run that do something. */
export const ACTIONS_OF_A_RUN = 80
/** Draws of one run, those with nothing to do among them. */
const MOST_STEPS = 300

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
const random = new XorShift()

/** One seeded interleaving. */
export function run(seed: number, options: RunOptions): Ended | undefined {
  const { takes, trace, counts } = options
  random.reseed(seed, 0)
  const tendency = tendencyOf(seed)
  const habits = lean(drawHabits(random), tendency)
  const world = new World(options, { habits, random })
  world.trace = trace
  mix.draw(random, tendency?.weights)
  counts.runs += 1
  let actions = 0
  for (let step = 1; step < MOST_STEPS && actions < ACTIONS_OF_A_RUN; step++) {
    if (takes !== undefined && !takes(step)) continue
    random.reseed(seed, step)
    if (!mix.next(random).act(world)) continue
    actions += 1
    world.time += 1 + random.below(2)
    if (habits.outside > 0 && random.chance(habits.outside)) changeOutside(world)
    if (world.violation !== undefined) return { violation: world.violation, step }
  }
  counts.actions += actions
  return undefined
}

function lean(habits: Habits, tendency: Tendency | undefined): Habits {
  if (tendency === undefined) return habits
  return { ...habits, ...tendency.habits, haste: { ...habits.haste, ...tendency.haste } }
}
