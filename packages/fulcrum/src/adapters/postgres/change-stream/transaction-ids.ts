const WIDTH = 2 ** 32
const HALF = WIDTH / 2

/**
 * Makes 64-bit transaction ids of those of 32 bits that the stream carries. All ids in use at one time lie within 2^31 of each other (manual,
 * section 24.1.5), so the one that is meant is the one nearest to an id that was in use lately.
 */
export class TransactionIds {
  #near: number

  /** `near`: an id of 64 bits that is in use, such as the next one to be given out. */
  constructor(near: number) {
    this.#near = near
  }

  /** The server has got to this id: keeps the two together while little of what it does is told. */
  reached(id: number): void {
    this.#near = Math.max(this.#near, id)
  }

  full(short: number): number {
    const distance = (short - (this.#near % WIDTH) + WIDTH + HALF) % WIDTH
    const id = this.#near + distance - HALF
    this.reached(id)
    return id
  }
}
