import { isDomainError } from '../../declare/error.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Stage } from '../../plan/plan.ts'
import type { Entry } from '../cache/entry.ts'
import { Flight } from '../cache/flight.ts'
import { Judge } from '../cache/judge.ts'
import type { Lookup } from '../cache/lookup.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import { Call } from './call.ts'
import { LeasedReading } from './leased-reading.ts'
import { LOCAL, serve, serveStale } from './serve.ts'
import { cacheOf, type Run, type StageFactory, type StageParts } from './stage.ts'

type FlightSettings = Extract<Stage, { stage: 'single-flight' }>

/** Reads a key once for all who ask for it, and decides what those are given who cannot or need not wait. */
export const singleFlight: StageFactory<'single-flight'> = (settings, next, parts) => {
  const flights = new SingleFlight(settings, next, parts)
  return (call, input) => flights.answer(call, input)
}

/** What a caller's patience ended with before the flight landed. */
const TOO_SLOW = Symbol('too slow')

class SingleFlight {
  readonly #settings: FlightSettings
  readonly #read: Run
  readonly #parts: StageParts
  readonly #cache: OperationCache
  readonly #judge: Judge
  readonly #budget: number

  constructor(settings: FlightSettings, next: Run, parts: StageParts) {
    this.#settings = settings
    this.#parts = parts
    this.#cache = cacheOf(parts)
    this.#judge = new Judge(parts.caches, settings.level, settings.bounds)
    this.#budget = parts.budget
    this.#read = settings.across === 'instances' ? new LeasedReading(next, parts, this.#judge).run : next
  }

  answer(call: Call, input: unknown): unknown {
    const { candidate } = call.lookup as Lookup
    const now = this.#judge.now()
    if (candidate === undefined || !this.#mayServeMeanwhile(candidate, call, now))
      return this.#wait(call, input)
    const flight = this.#join(call, input)
    flight.keepOn()
    flight.leave()
    return serve(call, candidate, { judge: this.#judge, source: LOCAL, now })
  }

  /** It is due to be read anew, or has expired a moment ago, and is good enough as it is. */
  #mayServeMeanwhile(entry: Entry, call: Call, now: number): boolean {
    const { staleWhileRevalidate } = this.#settings
    return (
      now < entry.expiresAt + staleWhileRevalidate &&
      this.#judge.isWithinBound(entry, now) &&
      this.#judge.isForSession(entry, call)
    )
  }

  async #wait(call: Call, input: unknown): Promise<unknown> {
    for (;;) {
      const isOwn = !this.#cache.flights.has((call.lookup as Lookup).key)
      const landed = await this.#land(call, input)
      if (!('entry' in landed)) return this.#standIn(call, landed.error)
      const { entry } = landed
      const now = this.#judge.now()
      // A flight that was under way already may have been begun for somebody who had to see less.
      if (!isOwn && !(this.#judge.isForSession(entry, call) && this.#judge.isWithinBound(entry, now)))
        continue
      return this.#serveRead(call, entry, now)
    }
  }

  #serveRead(call: Call, entry: Entry, now: number): unknown {
    const serving = { judge: this.#judge, source: undefined, now }
    call.served(entry.label?.source === 'replica' ? 2 : entry.label === undefined ? 0 : 1)
    return isLate(entry, this.#settings) ? serveStale(call, entry, serving) : serve(call, entry, serving)
  }

  async #land(call: Call, input: unknown): Promise<{ readonly entry: Entry } | { readonly error: unknown }> {
    const flight = this.#join(call, input)
    try {
      return { entry: await this.#patiently(call, flight) }
    } catch (error) {
      return { error }
    } finally {
      flight.leave()
    }
  }

  /** Until the flight lands, the call's deadline, or the soft timeout where there is something that may stand in. */
  #patiently(call: Call, flight: Flight): Promise<Entry> {
    const { softTimeout } = this.#settings
    const { candidate } = call.lookup as Lookup
    const isImpatient = softTimeout < Infinity && candidate !== undefined && this.#mayStandIn(candidate, call)
    if (call.deadline === Deadline.none && !isImpatient) return flight.promise
    return new Promise((resolve, reject) => {
      const expiry = call.deadline.onExpire(reject)
      const timer = isImpatient
        ? this.#parts.clock.timer(softTimeout, () => tooSlow(flight, reject))
        : undefined
      const settled = (): void => {
        expiry.cancel()
        timer?.cancel()
      }
      flight.promise.then(resolve, reject).finally(settled)
    })
  }

  /** @throws the failure, unless the contract lets an old entry stand in for it. */
  #standIn(call: Call, error: unknown): unknown {
    const { candidate } = call.lookup as Lookup
    if (candidate === undefined || isAnswer(error) || !this.#mayStandIn(candidate, call)) throw error
    return serveStale(call, candidate, { judge: this.#judge, source: LOCAL, now: this.#judge.now() })
  }

  #mayStandIn(entry: Entry, call: Call): boolean {
    const { bounds, grace } = this.#settings
    const now = this.#judge.now()
    if (!this.#judge.isForSession(entry, call)) return false
    const inGrace = now < entry.expiresAt + grace && this.#judge.isWithinBound(entry, now)
    const inPartition =
      bounds.inPartition > bounds.staleness && this.#judge.isWithinPartitionBound(entry, now)
    return inGrace || inPartition
  }

  #join(call: Call, input: unknown): Flight {
    const { key } = call.lookup as Lookup
    const flight = this.#cache.flights.get(key) ?? this.#start(call, input, key)
    flight.join()
    return flight
  }

  #start(call: Call, input: unknown, key: string): Flight {
    const { clock, operation } = this.#parts
    const deadline = Deadline.after(clock, this.#budget, { operation: operation.name })
    const reading = new Call(call.scope, { principal: call.principal }, deadline)
    reading.token = call.token
    reading.lookup = call.lookup
    const promise = this.#fly(reading, input, key)
    // Those who wait are told; a flight that nobody waits for may fail in silence.
    promise.catch(() => {})
    const flight = new Flight(operation.name, deadline, promise)
    this.#cache.flights.set(key, flight)
    return flight
  }

  async #fly(reading: Call, input: unknown, key: string): Promise<Entry> {
    try {
      return (await this.#read(reading, input)) as Entry
    } finally {
      reading.end()
      this.#cache.flights.delete(key)
    }
  }
}

function tooSlow(flight: Flight, reject: (reason: unknown) => void): void {
  flight.keepOn()
  reject(TOO_SLOW)
}

/** Declared errors answer the question, and a caller that has gone needs no answer. */
function isAnswer(error: unknown): boolean {
  return isDomainError(error) || isFulcrumError(error, 'FUL-2010') || isFulcrumError(error, 'FUL-2001')
}

/** Past the bound when it was read: only a partition lets that through. */
function isLate({ asOf, readAt }: Entry, { bounds }: FlightSettings): boolean {
  return readAt - asOf > bounds.staleness
}
