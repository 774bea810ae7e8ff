import { randomUUID } from 'node:crypto'

export interface Booking {
  readonly id: string
  readonly reference: string
  readonly amount: number
  readonly currency: string
}

/** What the provider has charged and not refunded: each reference once, however often it is asked for. */
export class Book {
  readonly #bookings = new Map<string, Booking>()
  readonly #refunded = new Set<string>()
  /** How often a charge was asked for, duplicates and all. */
  asked = 0

  /** `undefined`: it was refunded, perhaps before it was charged. */
  charge(wanted: Omit<Booking, 'id'>): Booking | undefined {
    this.asked += 1
    if (this.#refunded.has(wanted.reference)) return undefined
    const booking = this.#bookings.get(wanted.reference) ?? { id: `ch_${randomUUID()}`, ...wanted }
    this.#bookings.set(wanted.reference, booking)
    return booking
  }

  refund(reference: string): void {
    this.#refunded.add(reference)
    this.#bookings.delete(reference)
  }

  get bookings(): readonly Booking[] {
    return [...this.#bookings.values()]
  }
}
