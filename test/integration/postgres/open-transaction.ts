import { Observer } from './harness.ts'

/** A transaction that has changed something and goes on: the primary does not count what came after it as settled. */
export class OpenTransaction implements AsyncDisposable {
  readonly id: number
  readonly #observer: Observer
  #isOpen = true

  private constructor(observer: Observer, id: number) {
    this.#observer = observer
    this.id = id
  }

  static async on(url: string): Promise<OpenTransaction> {
    const observer = await Observer.connect(url)
    await observer.rows('BEGIN')
    const [row] = await observer.rows<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
    return new OpenTransaction(observer, Number(row?.id))
  }

  async end(): Promise<void> {
    if (this.#isOpen) await this.#observer.rows('ROLLBACK')
    this.#isOpen = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await this.#observer[Symbol.asyncDispose]()
  }
}
