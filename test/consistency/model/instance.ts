import type { Label } from '../../../packages/fulcrum/src/consistency/label.ts'
import type { PositionRing } from '../../../packages/fulcrum/src/consistency/position-ring.ts'
import type { Watermark } from '../../../packages/fulcrum/src/consistency/watermark.ts'
import type { Rules } from '../rules.ts'
import type { Counts } from './counts.ts'
import { QUERIES, type Versions } from './data.ts'
import { RememberedChanges } from './remembered.ts'

/** A cached value. */
export interface Entry {
  readonly query: number
  readonly value: Versions
  /** Of the same keys, outside of the store. */
  readonly outside: Versions
  readonly label: Label
  /** On the clock of the instance that has it: when it was read from the primary by this very instance, else unknown. */
  readonly readAt: number
  /** The watermark speaks for it. */
  readonly followed: boolean
}

/** What an instance knows of a node from its last poll. */
export interface Known {
  readonly epoch: number
  readonly lsn: number
  readonly incarnation: number
}

/** off → opening (the slot exists) → on. While on, a drain goes from reading a position to having been told of everything up to it. */
export interface Stream {
  state: 'off' | 'opening' | 'on'
  epoch: number
  startLsn: number
  /** Records of the log that were decoded. */
  decoded: number
  /** The position that the present drain is to reach, and when it was asked for. */
  goal: Watermark | undefined
  /** Everything was told, and no position was asked for before: how it must not be done. */
  isDrained: boolean
}

/** One process of the application: what it knows, and its local cache. */
export class Instance {
  readonly index: number
  /** What its monotonic clock says at time 0: nobody may compare clocks. */
  readonly clockOffset: number
  epoch = 0
  /** A primary that was replaced, and that nobody has fenced off, has answered it: it cannot know how old anything is until it learns of the new epoch. */
  isMisled = false
  readonly local: (Entry | undefined)[] = QUERIES.map(() => undefined)
  readonly ring: PositionRing
  /** When it asked for those that were added to the ring. */
  readonly positions: number[] = []
  readonly changes: RememberedChanges
  readonly known = new Map<number, Known>()
  watermark: Watermark | undefined
  readonly stream: Stream = {
    state: 'off',
    epoch: 0,
    startLsn: 0,
    decoded: 0,
    goal: undefined,
    isDrained: false,
  }

  constructor(index: number, rules: Rules, counts: Counts) {
    this.index = index
    this.clockOffset = index * 1_000
    this.ring = new rules.PositionRing()
    this.changes = new RememberedChanges(rules, counts)
  }

  dropAll(): void {
    this.local.fill(undefined)
  }

  /** Nothing that the stream has said counts any more. */
  loseStream(): void {
    this.stream.state = 'off'
    this.stream.goal = undefined
    this.stream.isDrained = false
    this.watermark = undefined
    this.changes.gap()
    this.dropAll()
  }
}
