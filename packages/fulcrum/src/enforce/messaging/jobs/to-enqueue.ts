import type { EnqueueOptions } from '../../../declare/context.ts'
import type { AnyOperation } from '../../../declare/operation.ts'

/** A job that somebody wants to be done. */
export interface ToEnqueue {
  readonly job: AnyOperation
  readonly input: unknown
  readonly options: EnqueueOptions | undefined
}
