import type { Principal } from '../../declare/principal.ts'
import type { RunningJob } from '../messaging/jobs/claimed.ts'
import type { CallSession } from '../session/call-session.ts'
import type { Call } from './call.ts'

/** What a call is begun with. */
export interface CallTerms {
  readonly principal?: Principal | undefined
  /** Default: the parent's. */
  readonly session?: CallSession | undefined
  /** As sent. */
  readonly ifMatch?: string | undefined
  /** As sent, without quotes. */
  readonly idempotencyKey?: string | undefined
  /** Default: the parent's. */
  readonly traceparent?: string | undefined
  /** What its timer said when it began. Default: asks now. */
  readonly startedAt?: number
  /** The call on whose behalf this one is made: its deadline, its transaction. */
  readonly parent?: Call | undefined
  /** The job that it is a run of. */
  readonly job?: RunningJob | undefined
}
