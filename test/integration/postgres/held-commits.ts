import { waitFor } from '../../support/wait-for.ts'
import { Observer, type TestStore } from './harness.ts'

/**
 * A primary whose commits wait for a standby that does not exist: their records are in the log, replicas replay and show them, and the primary shows
 * nothing until the wait is over.
 */
export class HeldCommits implements AsyncDisposable {
  readonly #observer: Observer

  private constructor(observer: Observer) {
    this.#observer = observer
  }

  static async on(url: string): Promise<HeldCommits> {
    const observer = await Observer.connect(url)
    const held = new HeldCommits(observer)
    await observer.rows('CREATE TABLE IF NOT EXISTS hold_probe (n int)')
    await observer.rows("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    await observer.rows('SELECT pg_reload_conf()')
    await held.#takesEffect(url)
    return held
  }

  /** Begins a transaction, and resolves when its COMMIT waits; `done` settles when it is released. */
  async transaction(store: TestStore, text: string): Promise<{ done: ReturnType<TestStore['transaction']> }> {
    const before = await this.#waiting()
    const done = store.transaction((tx) => tx.run(text, []))
    await waitFor(async () => (await this.#waiting()) > before, { what: 'the commit waits' })
    return { done }
  }

  /** The same for one statement on a connection of its own. */
  async statement(
    url: string,
    text: string,
  ): Promise<{ readonly xid: number; readonly done: Promise<void> }> {
    const before = await this.#waiting()
    const observer = await Observer.connect(url)
    await observer.rows('BEGIN')
    await observer.rows(text)
    const [row] = await observer.rows<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
    const done = observer.rows('COMMIT').then(() => observer[Symbol.asyncDispose]())
    await waitFor(async () => (await this.#waiting()) > before, { what: 'the commit waits' })
    return { xid: Number(row?.id), done }
  }

  async release(): Promise<void> {
    await this.#observer.rows('ALTER SYSTEM RESET synchronous_standby_names')
    await this.#observer.rows('SELECT pg_reload_conf()')
    await waitFor(async () => (await this.#waiting()) === 0, { what: 'no commit waits' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
    await this.#observer[Symbol.asyncDispose]()
  }

  async #waiting(): Promise<number> {
    const text = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    return (await this.#observer.rows<{ n: number }>(text))[0]?.n ?? 0
  }

  /** The setting takes effect when the server's checkpointer has seen it: from then on a commit waits, until it is cancelled. */
  async #takesEffect(url: string): Promise<void> {
    await using probe = await Observer.connect(url)
    await probe.rows("SET application_name = 'hold-probe'")
    await waitFor(async () => {
      const probing = { isOver: false }
      const commit = probe.rows('INSERT INTO hold_probe VALUES (1)').finally(() => (probing.isOver = true))
      await waitFor(async () => probing.isOver || (await this.#waiting()) > 0)
      const isHeld = !probing.isOver
      await waitFor(async () => {
        if (!probing.isOver) await this.#cancelProbe()
        return probing.isOver
      })
      await commit
      return isHeld
    })
  }

  async #cancelProbe(): Promise<void> {
    const text = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'hold-probe'"
    await this.#observer.rows(text)
  }
}
