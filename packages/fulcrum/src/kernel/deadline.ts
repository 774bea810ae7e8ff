import type { Clock, Timer } from './clock.ts'
import { DeadlineWatch, type EndListener } from './deadline-watch.ts'
import { formatDuration } from './duration.ts'
import { type FulcrumError, fulcrumError, isFulcrumError } from './errors/fulcrum-error.ts'

export interface DeadlineOptions {
  /** A deadline that this one does not outlast and with which it ends: that of the calling operation. */
  readonly parent?: Deadline | undefined
  /** Named by the errors. */
  readonly operation?: string | undefined
}

const NO_OPTIONS: DeadlineOptions = {}

/**
 * Until when an operation may take, and who else can end it: the caller's deadline (`parent`) and the caller's AbortSignal (`link`).
 *
 * `quiet` → `watched` when somebody reads `signal` or calls `onExpire` → `over` when the time has come, the parent is over or the linked signal
 * aborts; `disposed` from any of them. A quiet deadline is one object: no timer, no AbortController, no listener, and whoever wants to know
 * asks it (`expired`, `throwIfOver`). Watching arms one alarm and subscribes to parent and signal. Dispose it when the work is done.
 */
export class Deadline implements Disposable {
  /** Never over. Shared by everybody, so nothing can be linked to it: use `Deadline.after(clock, Infinity)` for that. */
  static readonly none: Deadline = new Deadline(undefined, Infinity, {})

  /** The moment, on the scale of `Clock.coarse()`. `Infinity`: no limit. */
  readonly at: number
  readonly #clock: Clock | undefined
  readonly #budget: number
  readonly #operation: string | undefined
  readonly #parent: Deadline | undefined
  #linked: AbortSignal | undefined
  #watch: DeadlineWatch | undefined
  #disposed = false

  private constructor(clock: Clock | undefined, ms: number, { parent, operation }: DeadlineOptions) {
    const at = clock === undefined ? Infinity : clock.coarse() + ms
    const own = parent === undefined || at <= parent.at
    this.at = own ? at : parent.at
    this.#budget = own ? ms : parent.#budget
    this.#clock = clock
    this.#operation = operation
    this.#parent = parent
  }

  /** A deadline `ms` milliseconds from now, or that of the parent if it is sooner. `Infinity`: no limit of its own. */
  static after(clock: Clock, ms: number, options: DeadlineOptions = NO_OPTIONS): Deadline {
    return new Deadline(clock, ms, options)
  }

  /** Milliseconds left; 0 once it has passed, `Infinity` without a limit. */
  remaining(): number {
    return this.#clock === undefined ? Infinity : Math.max(0, this.at - this.#clock.coarse())
  }

  /** Whether the time has passed. Says nothing about linked signals. */
  expired(): boolean {
    return this.#clock !== undefined && this.#clock.coarse() >= this.at
  }

  /** Throws why the work has to end, if it has to: `FUL-3001` or, when a linked signal aborted, its reason or `FUL-2010`. */
  throwIfOver(): void {
    const reason = this.#reason()
    if (reason !== undefined) throw reason
  }

  /** Aborts when the deadline is over, with the error that `throwIfOver` throws. Made on the first read. */
  get signal(): AbortSignal {
    return this.#watched().signal
  }

  /** Calls `listener` once with the reason when the deadline is over; at once if it is over already. Listeners must not throw. */
  onExpire(listener: EndListener): Timer {
    return this.#watched().add(listener)
  }

  /** Ends this deadline when `signal` aborts, for example because the client hung up. Subscribes only once somebody watches. */
  link(signal: AbortSignal): void {
    if (this.#clock === undefined) throw new TypeError('Deadline.none is shared and cannot be linked')
    this.#linked = this.#linked === undefined ? signal : AbortSignal.any([this.#linked, signal])
    if (this.#watch !== undefined && !this.#disposed) this.#follow(this.#watch, signal)
  }

  /** Ends it now, with the reason: the caller has gone. Does nothing to `Deadline.none`, once it is over, or after disposal. */
  end(reason: FulcrumError): void {
    if (this.#clock === undefined || this.#disposed) return
    this.#watch ??= new DeadlineWatch()
    this.#watch.end(reason)
  }

  /** The sooner of the two. Links of the other one are not carried over; a `parent` does that. */
  min(other: Deadline): Deadline {
    return other.at < this.at ? other : this
  }

  /** Cancels the alarm and lets go of parent and signals. The own signal never aborts afterwards. */
  [Symbol.dispose](): void {
    this.#disposed = true
    this.#watch?.release()
  }

  #watched(): DeadlineWatch {
    if (this.#clock === undefined) return new DeadlineWatch()
    if (this.#watch === undefined) {
      this.#watch = new DeadlineWatch()
      if (!this.#disposed) this.#subscribe(this.#watch, this.#clock)
    }
    return this.#watch
  }

  #subscribe(watch: DeadlineWatch, clock: Clock): void {
    const reason = this.#reason()
    if (reason !== undefined) return watch.end(reason)
    if (this.at < Infinity) watch.hold(clock.alarm(this.at, () => watch.end(this.#exceeded())))
    if (this.#linked !== undefined) this.#follow(watch, this.#linked)
    if (this.#parent !== undefined) watch.hold(this.#parent.onExpire((error) => watch.end(error)))
  }

  #follow(watch: DeadlineWatch, signal: AbortSignal): void {
    watch.follow(signal, () => watch.end(this.#aborted(signal)))
  }

  #reason(): FulcrumError | undefined {
    if (this.#watch?.reason !== undefined) return this.#watch.reason
    if (this.expired()) return this.#exceeded()
    if (this.#linked?.aborted === true) return this.#aborted(this.#linked)
    return this.#parent === undefined ? undefined : this.#parent.#reason()
  }

  #exceeded(): FulcrumError {
    return fulcrumError('FUL-3001', { budget: formatDuration(this.#budget) }, { operation: this.#operation })
  }

  #aborted({ reason }: AbortSignal): FulcrumError {
    if (isFulcrumError(reason)) return reason
    return fulcrumError('FUL-2010', {}, { cause: reason, operation: this.#operation })
  }
}
