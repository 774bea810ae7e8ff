import { NO_NEED, needOf } from '../../consistency/need.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Stage } from '../../plan/plan.ts'
import type { ReadNeed, ReadTerms } from '../../ports/store.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import type { Call } from './call.ts'
import { enterOrFail } from './stage-session.ts'
import type { StageFactory } from './stage.ts'

/** Which node a query reads, and over which kind of connection. Connects with the first statement only. */
export const route: StageFactory<'route'> = (settings, next, parts) => {
  const { target, lane, bracket, sees, level, bounds } = settings
  const terms: ReadTerms = Object.freeze({ target, lane, bracket, sees })
  const demands = level !== 'none' || (target === 'replica' && bounds.staleness < Infinity)
  const needs = demands ? compileNeed(settings, tagKeysOf(parts.operation)) : undefined
  const judged = demands ? new JudgedRead(settings, parts.clock) : undefined
  const { store } = parts
  return async (call, input) => {
    // A level of its own has brought the session into the present epoch already.
    if (level === 'none' && call.session !== undefined && store !== undefined)
      await enterOrFail(call, store.freshness)
    call.useReads(terms, needs?.(call, input))
    const since = judged?.begin() ?? 0
    try {
      return await next(call, input)
    } finally {
      call.endReads()
      judged?.end(call, since)
    }
  }
}

type RouteSettings = Extract<Stage, { stage: 'route' }>

function compileNeed(
  { level, bounds }: RouteSettings,
  tagsOf: (input: unknown) => readonly number[],
): (call: Call, input: unknown) => ReadNeed {
  const { staleness: maxAge, inPartition: maxAgeInPartition } = bounds
  if (level === 'none') return () => ({ ...NO_NEED, epoch: undefined, maxAge, maxAgeInPartition })
  // Nobody knows what the caller has written or seen, so only the primary will do.
  const unknown = Object.freeze({
    ...NO_NEED,
    epoch: undefined,
    maxAge: 0,
    maxAgeInPartition: beyond(bounds),
  })
  return ({ token, lookup }, input) => {
    if (token === undefined) return unknown
    const { lsn, rx } = needOf(token, lookup?.tags ?? tagsOf(input), level)
    return { lsn, rx, epoch: token.epoch, maxAge, maxAgeInPartition }
  }
}

/** What `onPartition: 'serve-stale'` allows beyond the bound; nothing where it was not declared. */
function beyond({ staleness, inPartition }: RouteSettings['bounds']): number {
  return inPartition > staleness ? inPartition : 0
}

/** What an answer says of its age. It counts from the beginning of the call: what is committed meanwhile need not be in it. */
class JudgedRead {
  readonly #staleness: number
  readonly #clock: Clock

  constructor({ bounds }: RouteSettings, clock: Clock) {
    this.#staleness = bounds.staleness
    this.#clock = clock
  }

  begin(): number {
    return this.#clock.now()
  }

  end(call: Call, since: number): void {
    const { read } = call
    if (read === undefined || this.#staleness === Infinity) return
    call.freshFor = Math.max(0, read.asOf + this.#staleness - this.#clock.now())
    call.staleBy = Math.max(0, since - read.asOf - this.#staleness)
    if (call.staleBy === 0) return
    call.degraded = 'stale'
    // What is read for a cache is noted by those who are answered with it.
    if (call.lookup === undefined) call.probe.noted('stale')
  }
}
