import type { Invariant } from '../model/invariants.ts'
import type { Edit } from '../rules-folder.ts'

/** A rule broken on purpose, in the compiled files of the package. */
export interface RuleMutation {
  readonly name: string
  /** By which invariant it is to be found out. */
  readonly breaks: Invariant
  readonly edits: readonly Edit[]
}

export interface Replacement extends Pick<RuleMutation, 'name' | 'breaks'> {
  readonly find: string
  readonly replace: string
}

export function mutationsOf(file: string, replacements: readonly Replacement[]): readonly RuleMutation[] {
  return replacements.map(({ name, breaks, find, replace }) => ({
    name,
    breaks,
    edits: [{ file: `consistency/${file}.js`, find, replace }],
  }))
}
