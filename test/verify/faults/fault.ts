import type { World } from '../driver/world.ts'

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string
  /** Has it go wrong for so many milliseconds, again and again. What it has broken is whole again when it resolves. */
  readonly during: (world: World, ms: number) => Promise<void>
}
