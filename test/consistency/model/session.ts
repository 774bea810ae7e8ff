import type { CallSession } from '../../../packages/fulcrum/src/enforce/session/call-session.ts'
import type { Shadow } from './shadow.ts'

/** A user: the tokens that calls have handed back, and what they should say. */
export interface Session {
  readonly index: number
  readonly calls: CallSession
  /** One, or several where calls overlapped a failover. */
  shadows: Shadow[]
  /** Calls in flight. */
  open: number
}
