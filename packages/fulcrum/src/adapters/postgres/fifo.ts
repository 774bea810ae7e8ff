const COMPACT_AT = 256

/** A queue with O(1) at both ends. An array's own `shift` moves all that is left, which a long pipeline would pay for with every answer. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  /** The oldest item. */
  peek(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Removes and returns the oldest item. */
  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) this.#clear()
    else if (this.#head > COMPACT_AT && this.#head * 2 > this.#items.length) this.#compact()
    return item
  }

  /** Removes an item wherever it is; O(n). Says whether it was there. */
  remove(item: T): boolean {
    const index = this.#items.indexOf(item, this.#head)
    if (index < 0) return false
    this.#items.splice(index, 1)
    return true
  }

  /** From the oldest to the newest. Items must not be added or removed meanwhile; take `toArray` for that. */
  *[Symbol.iterator](): Generator<T> {
    for (let index = this.#head; index < this.#items.length; index++) yield this.#items[index] as T
  }

  toArray(): T[] {
    return this.#items.slice(this.#head) as T[]
  }

  #clear(): void {
    this.#items.length = 0
    this.#head = 0
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
