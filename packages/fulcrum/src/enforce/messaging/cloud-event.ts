import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'

/**
 * An event in the JSON format of CloudEvents 1.0, as it comes from a broker or a webhook. Attributes that are not named here are nothing that subscribers
 * see.
 */
export interface CloudEvent {
  /** With `source` what makes it this event: what repeats both is a repetition. */
  readonly id: string
  readonly source: string
  /** The name of a declared event, such as `orders.OrderPlaced`. */
  readonly type: string
  /** RFC 3339. Default: when it is accepted. */
  readonly time?: string
  /** What the event's schema takes. Default: `null`. */
  readonly data?: unknown
  /** What it is about: those with one key are delivered in the order in which they were accepted. Default: what the event's `key` says. */
  readonly partitionkey?: string
  /** RFC 3339: not delivered after this. Default: always. */
  readonly expirytime?: string
  /** W3C Trace Context. */
  readonly traceparent?: string
  /** A session token of the application that it comes from. */
  readonly fulcrumtoken?: string
}

const TEXTS = ['id', 'source', 'type'] as const
const OPTIONAL_TEXTS = ['partitionkey', 'traceparent', 'fulcrumtoken'] as const
const TIMES = ['time', 'expirytime'] as const

/** @throws FUL-1002 for what is no event. */
export function checkCloudEvent(event: unknown): CloudEvent {
  if (typeof event !== 'object' || event === null) throw wrong('event', event, 'an event of CloudEvents 1.0')
  const members = event as Readonly<Record<string, unknown>>
  for (const name of TEXTS)
    if (!isText(members[name])) throw wrong(`event.${name}`, members[name], 'a text that is not empty')
  for (const name of OPTIONAL_TEXTS)
    if (!(members[name] === undefined || typeof members[name] === 'string'))
      throw wrong(`event.${name}`, members[name], 'a text')
  for (const name of TIMES)
    if (!(members[name] === undefined || isTime(members[name])))
      throw wrong(`event.${name}`, members[name], "a time as of RFC 3339, such as '2026-11-25T12:00:00Z'")
  return event as CloudEvent
}

export function wrong(field: string, found: unknown, allowed: string): Error {
  return fulcrumError('FUL-1002', { field, found: show(found), allowed })
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

function isTime(value: unknown): boolean {
  return typeof value === 'string' && RFC_3339.test(value) && !Number.isNaN(Date.parse(value))
}
