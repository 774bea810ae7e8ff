import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'

/** For so long what was asked is relied on. A bump is noticed within that time, whatever becomes of the news. */
export const VERSION_MS = 1_000

export interface EntryVersionParts {
  readonly operation: string
  readonly shared: SharedCache
  readonly clock: Clock
  readonly random: Random
  /** There is a new version: nothing that was kept before is of use. */
  readonly changed: () => void
}

/**
 * The version of one operation's entries, as far as this instance knows. It is a part of their keys, so entries of another version are not found.
 *
 * unknown → known (for `VERSION_MS` from the moment of asking; from half of it on somebody is sent to ask, while it is still relied on) → due: who comes
 * now waits until it was asked. Where the shared cache does not answer it is adrift: on a version of its own, which nobody else has and which is
 * replaced as often as one is asked for. News of a bump end a version at once, and nothing depends on them.
 *
 * So whoever calls `VERSION_MS` after a bump, or later, is not served what was read before it. The price is a question per second, operation and
 * instance while it is used, and caches that last a second while the shared cache is away.
 */
export class EntryVersion {
  readonly #parts: EntryVersionParts
  /** The greatest that was heard of. */
  #known = 0
  #prefix = ''
  #asOf = -Infinity
  #asking: Promise<void> | undefined

  constructor(parts: EntryVersionParts) {
    this.#parts = parts
  }

  get known(): number {
    return this.#known
  }

  /** What the keys of its entries begin with. */
  get prefix(): string {
    return this.#prefix
  }

  /** Resolves when the version may be relied on; `undefined`: it may be already. Never rejects. */
  ensure(): Promise<void> | undefined {
    const age = this.#parts.clock.now() - this.#asOf
    if (age < VERSION_MS / 2) return undefined
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return age < VERSION_MS ? undefined : this.#asking
  }

  /** Somebody says that there is this version. */
  learn(version: number): void {
    if (version <= this.#known) return
    this.#known = version
    this.#enter(`${version}|`)
  }

  /** News may have been missed: asks again before anything is served. */
  doubt(): void {
    this.#asOf = -Infinity
  }

  async #ask(): Promise<void> {
    const { operation, shared, clock } = this.#parts
    const askedAt = clock.now()
    try {
      this.learn(await shared.version(operation, this.#known))
      if (clock.now() - askedAt < VERSION_MS) return this.#rely(askedAt)
    } catch {
      // As if it had been slow.
    }
    this.#drift()
  }

  #rely(asOf: number): void {
    this.#enter(`${this.#known}|`)
    this.#asOf = asOf
  }

  /** What it has got now may have been bumped. What is read from now on is of use for as long as an answer would have been. */
  #drift(): void {
    const { clock, random } = this.#parts
    const now = clock.now()
    if (now - this.#asOf < VERSION_MS) return
    this.#enter(`adrift ${random.uuid()}|`)
    this.#asOf = now
  }

  #enter(prefix: string): void {
    if (prefix === this.#prefix) return
    this.#prefix = prefix
    this.#parts.changed()
  }
}
