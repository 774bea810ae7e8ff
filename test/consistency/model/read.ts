import type { Label } from '../../../packages/fulcrum/src/consistency/label.ts'
import type { SessionNeed } from '../../../packages/fulcrum/src/consistency/need.ts'
import type { Snapshot } from '../../../packages/fulcrum/src/consistency/snapshot.ts'
import type { Tombstone } from '../../../packages/fulcrum/src/consistency/tombstone.ts'
import type { Token } from '../../../packages/fulcrum/src/consistency/token.ts'
import type { Versions } from './data.ts'
import type { Instance } from './instance.ts'
import type { Session } from './session.ts'
import type { Shadow } from './shadow.ts'

/** What is asked. */
export interface Query {
  readonly query: number
  readonly level: SessionNeed
  /** No value older than this; 0: strong. `Infinity`: any. */
  readonly bound: number
}

/** Which primary of a run, or which replica. */
export type Node = { readonly role: 'primary' } | { readonly role: 'replica'; readonly index: number }

/** looking (in the shared cache) → before → data → after → answered. `before` and `after` are statements of their own. */
export type ReadStep = 'looking' | 'before' | 'data' | 'after' | 'answered'

export interface Read extends Query {
  readonly session: Session
  readonly instance: Instance
  /** Of the instance and the token when it began. */
  readonly epoch: number
  readonly token: Token | undefined
  readonly shadow: Shadow
  readonly startedAt: number
  step: ReadStep
  node: Node
  incarnation: number
  /** Which epoch the server said it was of, before the data. */
  serverEpoch: number
  /** Whether it is told as a replica, before the data. */
  source: Label['source']
  /** Positions are read around the data; else only what was polled is known. */
  isBracketed: boolean
  sentAt: number
  lo: number
  hi: number
  rx: number
  snapshot: Snapshot | undefined
  value: Versions
  /** Of the same keys, outside of the store. */
  outside: Versions
  sees: readonly number[]
  /** Changes that were acknowledged before it asked. */
  acknowledged: readonly Tombstone[]
  tries: number
}
