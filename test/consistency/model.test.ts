import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Counts, noCounts, OCCASIONS } from './model/counts.ts'
import type { Deviation } from './model/deviations.ts'
import type { Invariant } from './model/invariants.ts'
import { type Ended, run } from './model/run.ts'
import { NOT_FOUND_OUT, RULE_MUTATIONS, STEP_MUTATIONS } from './mutations.ts'
import { loadRules, type Rules } from './rules.ts'
import { writeRules } from './rules-folder.ts'

/** Seeds 1 to this many hold; each mutation is found out within some of them. */
const RUNS = 200_000
const MUTATED_RUNS = 40_000
const MINUTES = 60_000

let folder: string
let rules: Rules

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fulcrum-model-'))
  rules = await loadRules(writeRules(join(folder, 'sound')))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Runs {
  readonly runs: number
  readonly rules: Rules
  readonly counts?: Counts
  readonly deviation?: Deviation
  /** Violations of others are passed over. */
  readonly of?: Invariant
}

function firstViolation({ runs, counts = noCounts(), deviation, of, ...options }: Runs): Ended | undefined {
  for (let seed = 1; seed <= runs; seed += 1) {
    const ended = run(seed, { ...options, counts, deviation })
    if (ended !== undefined && (of === undefined || ended.violation.invariant === of)) return ended
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
  async ({ name, breaks, edits }) => {
    const place = join(folder, name.replaceAll(/\W/g, '-'))
    const mutated = await loadRules(writeRules(place, edits))
    expect(firstViolation({ runs: MUTATED_RUNS, rules: mutated, of: breaks })).toBeDefined()
  },
  MINUTES,
)

const STEPS = Object.entries(STEP_MUTATIONS) as [Deviation, Invariant][]

it.each(STEPS.filter(([name]) => !NOT_FOUND_OUT.includes(name)))(
  'finds out that %s, by "%s"',
  (deviation, breaks) => {
    expect(firstViolation({ runs: MUTATED_RUNS, rules, deviation, of: breaks })).toBeDefined()
  },
  MINUTES,
)
