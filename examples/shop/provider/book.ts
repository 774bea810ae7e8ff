import { randomUUID } from 'node:crypto'

export interface Booking {
  readonly id: string
  readonly reference: string
  readonly amount: number
  readonly currency: string
}

/** What the provider has charged: each reference once, however often it is asked for. */
export class Book {
  readonly #bookings = new Map<string, Booking>()
  /** How often a charge was asked for, duplicates and all. */
  asked = 0

  charge(wanted: Omit<Booking, 'id'>): Booking {
    this.asked += 1
    const booking = this.#bookings.get(wanted.reference) ?? { id: `ch_${randomUUID()}`, ...wanted }
    this.#bookings.set(wanted.reference, booking)
    return booking
  }

  find(reference: string): Booking | undefined {
    return this.#bookings.get(reference)
  }

  get bookings(): readonly Booking[] {
    return [...this.#bookings.values()]
  }
}
