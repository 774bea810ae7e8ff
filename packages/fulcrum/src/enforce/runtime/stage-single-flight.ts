import { isDomainError } from '../../declare/error.ts'
import type { Timer } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { CallEvent } from '../../kernel/observer.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Stage } from '../../plan/plan.ts'
import type { Entry } from '../cache/entry.ts'
import { Flight, type Landed } from '../cache/flight.ts'
import { Judge } from '../cache/judge.ts'
import type { Lookup } from '../cache/lookup.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import type { Call } from './call.ts'
import { LeasedReading } from './leased-reading.ts'
import { beginReading } from './reading-call.ts'
import { answerWith, LOCAL, Serving } from './serving.ts'
import { cacheOf, type Run, type StageFactory, type StageParts } from './stage.ts'

type FlightSettings = Extract<Stage, { stage: 'single-flight' }>

/** Reads a key once for all who ask for it, and decides what those are given who cannot or need not wait. */
export const singleFlight: StageFactory<'single-flight'> = (settings, next, parts) => {
  const flights = new SingleFlight(settings, next, parts)
  return (call, input) => flights.answer(call, input)
}

/** After a refresh in the background has failed, the entry is served for so long before another one is tried. */
const PAUSE_MS = 1_000

/** How waiting for a flight ended: with it, with the call itself, or with the call's patience and an entry that may stand in. */
type Outcome =
  | { readonly kind: 'landed'; readonly landed: Landed }
  | { readonly kind: 'failed' | 'over'; readonly error: unknown }
  | { readonly kind: 'stands in'; readonly entry: Entry }

class SingleFlight {
  readonly #settings: FlightSettings
  readonly #read: Run
  /** What has had nothing, where a call gets here. */
  readonly #miss: CallEvent
  readonly #parts: StageParts
  readonly #cache: OperationCache
  readonly #judge: Judge
  readonly #serving: Serving

  constructor(settings: FlightSettings, next: Run, parts: StageParts) {
    this.#settings = settings
    this.#parts = parts
    this.#cache = cacheOf(parts)
    this.#miss = this.#cache.shared === undefined ? 'local miss' : 'shared miss'
    this.#judge = new Judge(parts.caches, settings)
    this.#serving = new Serving(this.#judge, LOCAL)
    this.#read = settings.across === 'instances' ? new LeasedReading(next, parts, this.#judge).run : next
  }

  answer(call: Call, input: unknown): unknown {
    call.probe.noted(this.#miss)
    const { candidate } = call.lookup as Lookup
    const now = this.#judge.now()
    if (candidate === undefined || !this.#mayServeMeanwhile(candidate, call, now))
      return this.#wait(call, input, now)
    this.#refresh(call, input, candidate)
    return this.#serving.serve(call, candidate, now)
  }

  /** It is due to be read anew, or has expired a moment ago, and is good enough as it is. */
  #mayServeMeanwhile(entry: Entry, call: Call, now: number): boolean {
    return (
      now < entry.expiresAt + this.#settings.staleWhileRevalidate &&
      this.#judge.isWithinBound(entry, now) &&
      this.#judge.isForSession(entry, call)
    )
  }

  #refresh(call: Call, input: unknown, entry: Entry): void {
    const { flight } = this.#board(call, input)
    flight.keepOn()
    flight.leave()
    flight.promise.catch(() => {
      const { staleWhileRevalidate } = this.#settings
      entry.refreshAt = Math.min(this.#judge.now() + PAUSE_MS, entry.expiresAt + staleWhileRevalidate)
    })
  }

  /** `since`: what is committed after the call came here need not be in its answer. */
  async #wait(call: Call, input: unknown, since: number): Promise<unknown> {
    for (;;) {
      const { flight, isOwn } = this.#board(call, input)
      const outcome = await this.#land(call, flight).finally(() => flight.leave())
      switch (outcome.kind) {
        case 'landed':
          // It may have been begun for somebody who had to see less.
          if (!isOwn && !this.#isGoodFor(call, outcome.landed.entry, since)) continue
          return this.#serveLanded(call, outcome.landed, since)
        case 'stands in':
          return this.#serving.serveStale(call, outcome.entry, this.#judge.now())
        case 'failed':
          // Somebody else's time is up, or everybody else has gone.
          if (!isOwn && flight.hasRunOut) continue
          return this.#standIn(call, outcome.error, isDomainError(outcome.error))
        case 'over':
          return this.#standIn(call, outcome.error, isFulcrumError(outcome.error, 'FUL-2010'))
      }
    }
  }

  /** A flight that found nothing better than what is past the bound shows that there is nothing better. */
  #isGoodFor(call: Call, entry: Entry, since: number): boolean {
    if (!this.#judge.isForSession(entry, call)) return false
    if (this.#judge.isWithinBound(entry, since)) return true
    return this.#isLate(entry) && this.#judge.isWithinPartitionBound(entry, since)
  }

  #serveLanded(call: Call, { entry, source }: Landed, since: number): unknown {
    call.served(source)
    call.age = Math.max(call.age, since - entry.readAt)
    call.freshFor = this.#judge.freshFor(entry, this.#judge.now())
    if (this.#isLate(entry)) {
      call.probe.noted('stale')
      call.degraded = 'stale'
      call.staleBy = Math.max(call.staleBy, this.#judge.staleBy(entry, since))
    }
    return answerWith(call, entry)
  }

  /** Past the bound when it was read: only a partition lets that through. */
  #isLate({ asOf, readAt }: Entry): boolean {
    return readAt - asOf > this.#settings.bounds.staleness
  }

  /** Until the flight lands, the call is over, or its patience is at an end and something may stand in. Never rejects. */
  #land(call: Call, flight: Flight): Promise<Outcome> {
    const landing = flight.promise.then(
      (landed): Outcome => ({ kind: 'landed', landed }),
      (error: unknown): Outcome => ({ kind: 'failed', error }),
    )
    const { candidate } = call.lookup as Lookup
    const isPatient = this.#settings.softTimeout === Infinity || candidate === undefined
    if (isPatient && call.deadline === Deadline.none) return landing
    return new Promise((resolve) => {
      const expiry = call.deadline.onExpire((error) => resolve({ kind: 'over', error }))
      const patience = isPatient
        ? undefined
        : this.#patience(call, candidate, (entry) => {
            flight.keepOn()
            resolve({ kind: 'stands in', entry })
          })
      void landing.then(resolve).finally(() => {
        expiry.cancel()
        patience?.cancel()
      })
    })
  }

  #patience(call: Call, candidate: Entry, standsIn: (entry: Entry) => void): Timer {
    return this.#parts.clock.timer(this.#settings.softTimeout, () => {
      if (this.#mayStandIn(candidate, call)) standsIn(candidate)
    })
  }

  /** @throws the failure, where it is the answer, or the contract lets nothing stand in for it. */
  #standIn(call: Call, error: unknown, isAnswer: boolean): unknown {
    const { candidate } = call.lookup as Lookup
    if (isAnswer || candidate === undefined || !this.#mayStandIn(candidate, call)) throw error
    return this.#serving.serveStale(call, candidate, this.#judge.now())
  }

  #mayStandIn(entry: Entry, call: Call): boolean {
    const now = this.#judge.now()
    if (!this.#judge.isForSession(entry, call)) return false
    const inGrace = now < entry.expiresAt + this.#settings.grace && this.#judge.isWithinBound(entry, now)
    return inGrace || this.#judge.isWithinPartitionBound(entry, now)
  }

  /** Joins the flight that is under way, or begins one. Synchronous with what comes before it: nobody begins a second one. */
  #board(call: Call, input: unknown): { readonly flight: Flight; readonly isOwn: boolean } {
    const { key } = call.lookup as Lookup
    const present = this.#cache.flights.get(key)
    const flight = present ?? this.#start(call, input, key)
    flight.join()
    return { flight, isOwn: present === undefined }
  }

  #start(call: Call, input: unknown, key: string): Flight {
    const reading = beginReading(call, this.#parts)
    const { flights } = this.#cache
    const flight: Flight = new Flight({
      operation: call.operation,
      deadline: reading.deadline,
      read: async () => {
        try {
          const entry = (await this.#read(reading, input)) as Entry
          return { entry, source: reading.source }
        } finally {
          reading.end()
        }
      },
      leaves: () => {
        if (flights.get(key) === flight) flights.delete(key)
      },
    })
    flights.set(key, flight)
    return flight
  }
}
