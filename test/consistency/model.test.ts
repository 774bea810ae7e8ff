import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Counts, noCounts, OCCASIONS } from './model/counts.ts'
import type { Deviation } from './model/deviations.ts'
import { type Ended, run } from './model/run.ts'
import { tendencyOf } from './model/tendencies.ts'
import { RULE_MUTATIONS, STEP_MUTATIONS } from './mutations.ts'
import type { FoundOut } from './mutations/mutation.ts'
import { loadRules, type Rules } from './rules.ts'
import { writeRules } from './rules-folder.ts'

/** Seeds 1 to this many hold; each mutation is found out by some of them, of which so many are tried. */
const RUNS = 200_000
const MUTATED_RUNS = 20_000
const MINUTES = 60_000

let folder: string
let rules: Rules

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fulcrum-model-'))
  rules = await loadRules(writeRules(join(folder, 'sound')))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Runs extends Partial<FoundOut> {
  readonly runs: number
  readonly rules: Rules
  readonly counts?: Counts
  readonly deviation?: Deviation
}

/** Tries as many of the seeds as it may, from the first one on. Violations of another invariant than `breaks` are passed over. */
function firstViolation({ runs, leaning, breaks, ...options }: Runs): Ended | undefined {
  const { counts = noCounts(), deviation } = options
  let left = runs
  for (let seed = 1; seed <= RUNS && left > 0; seed += 1) {
    if (leaning !== undefined && tendencyOf(seed)?.name !== leaning) continue
    left -= 1
    const ended = run(seed, { rules: options.rules, counts, deviation })
    if (ended !== undefined && (breaks ?? ended.violation.invariant) === ended.violation.invariant)
      return ended
  }
  return undefined
}

it(
  'holds in every interleaving, and each rule had its occasions',
  () => {
    const counts = noCounts()
    expect(firstViolation({ runs: RUNS, rules, counts })).toBeUndefined()
    expect(counts.runs).toBe(RUNS)
    expect(OCCASIONS.filter((occasion) => counts[occasion] === 0)).toEqual([])
  },
  3 * MINUTES,
)

it.each(RULE_MUTATIONS)(
  'finds out that $name, by "$breaks"',
  async ({ name, edits, ...mutation }) => {
    const place = join(folder, name.replaceAll(/\W/g, '-'))
    const mutated = await loadRules(writeRules(place, edits))
    expect(firstViolation({ runs: MUTATED_RUNS, rules: mutated, ...mutation })).toBeDefined()
  },
  2 * MINUTES,
)

const STEPS = Object.entries(STEP_MUTATIONS) as [Deviation, FoundOut][]

it.each(STEPS.map(([deviation, found]) => ({ deviation, ...found })))(
  'finds out that $deviation, by "$breaks"',
  (mutation) => {
    expect(firstViolation({ runs: MUTATED_RUNS, rules, ...mutation })).toBeDefined()
  },
  2 * MINUTES,
)
