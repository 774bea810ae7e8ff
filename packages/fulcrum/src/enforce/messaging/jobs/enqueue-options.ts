import type { EnqueueOptions } from '../../../declare/context.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { parseDuration } from '../../../kernel/duration.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { show } from '../../../kernel/show.ts'

const FIELDS = ['after', 'at', 'priority']

/** When a job may be run, on the wall clock; `undefined`: at once. @throws FUL-1001 or FUL-1002 naming the option that is wrong. */
export function startOf(options: EnqueueOptions, clock: Clock, operation: string): number | undefined {
  const { after, at, priority } = options
  const unknown = Object.keys(options).find((name) => !FIELDS.includes(name))
  if (unknown !== undefined)
    throw fulcrumError('FUL-1001', { field: `options.${unknown}`, hint: '', allowed: FIELDS }, { operation })
  const refuse = (field: string, found: unknown, allowed: string): Error =>
    fulcrumError('FUL-1002', { field: `options.${field}`, found: show(found), allowed }, { operation })
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) < 2 ** 31))
    throw refuse('priority', priority, 'a whole number of 32 bits')
  if (after !== undefined && at !== undefined) throw refuse('at', at, 'one of after and at')
  if (at !== undefined) {
    if (at instanceof Date && !Number.isNaN(at.getTime())) return at.getTime()
    throw refuse('at', at, 'a Date')
  }
  if (after === undefined) return undefined
  const ms = parseDuration(after)
  if (ms === undefined) throw refuse('after', after, "a duration such as '10m'")
  return clock.wall() + ms
}
