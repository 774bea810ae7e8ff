import type { Deviation } from './model/deviations.ts'
import type { Invariant } from './model/invariants.ts'
import type { Edit } from './rules-folder.ts'

/** A rule broken on purpose, in the compiled files of the package, and what comes of it. */
export interface RuleMutation {
  readonly name: string
  /** The invariants that it breaks; which of them is seen first depends on the seeds. */
  readonly breaks: readonly Invariant[]
  readonly edits: readonly Edit[]
}

/** A step of the protocol carried out wrongly, by the model, and what comes of it. */
export interface StepMutation {
  readonly name: Deviation
  readonly breaks: readonly Invariant[]
}

function inFile(file: string, find: string, replace: string): readonly Edit[] {
  return [{ file: `consistency/${file}.js`, find, replace }]
}

export const RULE_MUTATIONS: readonly RuleMutation[] = [
  {
    name: 'a primary is trusted at the very position',
    breaks: ['read your writes'],
    edits: inFile('label', 'lo >= lsn : lo > lsn', 'lo >= lsn : lo >= lsn'),
  },
]

export const STEP_MUTATIONS: readonly StepMutation[] = []
