import type { Token } from '../../../packages/fulcrum/src/consistency/token.ts'
import type { Instance } from './instance.ts'
import type { Session } from './session.ts'
import type { Shadow } from './shadow.ts'
import type { Transaction } from './transaction.ts'

/** A command on its way: its transaction, then the position that is asked for behind the COMMIT, then the answer. */
export interface Write {
  /** `undefined`: somebody outside of the application, such as psql. */
  readonly session: Session | undefined
  readonly instance: Instance
  readonly epoch: number
  readonly token: Token | undefined
  readonly shadow: Shadow
  /** The tags that it declares to change. */
  readonly tags: readonly number[]
  readonly transaction: Transaction
  /** 0: not asked for yet. */
  position: number
}
