import type { World } from '../driver/world.ts'
import type { Source } from '../report/tally.ts'

/** For how long something goes wrong: at least `ms`, and longer while there is a reason to. */
export interface Span {
  readonly ms: number
  readonly isOver: boolean
  /** Resolves when it is over. */
  over(): Promise<void>
}

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string
  /** Sources that it takes away for most of the time: nothing is expected of them. */
  readonly without?: readonly Source[]
  /** Has it go wrong, again and again. What it has broken is whole again when it resolves. */
  readonly during: (world: World, span: Span) => Promise<void>
}
