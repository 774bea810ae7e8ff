/** When a job is run by itself: a cron expression of five fields (minute, hour, day of the month, month, day of the week), read in a time zone. */
export interface Schedule {
  /** `'0 3 * * *'`: daily at three. */
  readonly cron: string
  /** A name of the IANA time zone database. Default `'UTC'`. */
  readonly timeZone: string
}

/** As it is declared: the expression alone is read in UTC. */
export type ScheduleDefinition = string | { readonly cron: string; readonly timeZone?: string }

const DEFAULT_TIME_ZONE = 'UTC'

/** Completes what was declared. What is wrong with it is refused at boot. */
export function scheduleOf(declared: ScheduleDefinition): Schedule {
  const schedule = typeof declared === 'string' ? { cron: declared } : declared
  return Object.freeze({ timeZone: DEFAULT_TIME_ZONE, ...schedule })
}

/** `*`, a number or a name, or a range of them, each with a step; lists of these. */
const PART = String.raw`(?:\*|[\dA-Za-z]+(?:-[\dA-Za-z]+)?)(?:/\d+)?`
const FIELD = `${PART}(?:,${PART})*`
const CRON = new RegExp(`^${FIELD}(?: ${FIELD}){4}$`)

/** Whether it looks like an expression of five fields. Whether there is such a time is seen when it is read. */
export function isCron(value: unknown): boolean {
  return typeof value === 'string' && CRON.test(value)
}

export function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
