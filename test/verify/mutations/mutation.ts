import type { Edit } from '../../consistency/rules-folder.ts'
import type { Fault } from '../faults/fault.ts'
import { noFaults } from '../faults/faults.ts'
import type { ReadOperation } from '../instance/operations.ts'

/** A rule broken on purpose, in the compiled files of the package, and the trouble in which that shows. */
export interface Mutation {
  readonly name: string
  readonly edits: readonly Edit[]
  readonly phase: Fault
  /** What is asked meanwhile; without it, everything. */
  readonly reads?: (read: ReadOperation) => boolean
}

interface Occasion {
  readonly phase?: Fault
  readonly reads?: (read: ReadOperation) => boolean
}

/** What stands in a file, once, and what is to stand there instead. */
export type Replacement = readonly [file: string, find: string, replace: string]

export function mutation(
  name: string,
  { phase = noFaults, reads }: Occasion,
  ...edits: readonly Replacement[]
): Mutation {
  return {
    name,
    phase,
    edits: edits.map(([file, find, replace]) => ({ file, find, replace })),
    ...(reads && { reads }),
  }
}
