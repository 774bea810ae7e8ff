import type { EnvelopeExtras } from '../../../ports/outbox.ts'
import type { StoredEvent } from '../../../ports/subscriptions.ts'

/** An event as the statements return it; without columns where there is none. */
export interface EventRow {
  readonly seq: string | null
  readonly id: string
  readonly type: string
  readonly time: number
  readonly key?: string | null
  readonly data: string
  readonly expires: number | null
  readonly expired: boolean
  readonly envelope: EnvelopeExtras | null
}

export function eventOf({ seq, key = null, expired, ...row }: EventRow): StoredEvent {
  const { id, type, time, data, expires, envelope } = row
  return { seq: String(seq), id, type, time, key, data, expires, hasExpired: expired, envelope }
}
