import type { Invariant } from '../model/invariants.ts'
import type { TendencyName } from '../model/tendencies.ts'
import type { Edit } from '../rules-folder.ts'

/** How something that is done wrongly is to be found out. */
export interface FoundOut {
  /** By this invariant; others that it breaks besides do not count. */
  readonly breaks: Invariant
  /** So rare elsewhere that only the runs that lean to this side are tried. */
  readonly leaning?: TendencyName
}

/** A rule broken on purpose, in the compiled files of the package. */
export interface RuleMutation extends FoundOut {
  readonly name: string
  readonly edits: readonly Edit[]
}

export interface Replacement extends Omit<RuleMutation, 'edits'> {
  readonly find: string
  readonly replace: string
}

export function mutationsOf(file: string, replacements: readonly Replacement[]): readonly RuleMutation[] {
  return replacements.map(({ find, replace, ...mutation }) => ({
    ...mutation,
    edits: [{ file: `consistency/${file}.js`, find, replace }],
  }))
}
