import type { EpochId } from '../../consistency/epoch.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type {
  BusListener,
  BusMessage,
  FillOutcome,
  Lease,
  LeaseAnswer,
  LeaseTerms,
  SharedCache,
  SharedCacheCapabilities,
  SharedCacheCounters,
  SharedCacheSource,
  SharedChange,
  SharedFill,
  SharedKey,
  SharedLookup,
} from '../../ports/shared-cache.ts'
import { Memories } from './memories.ts'
import type { Trouble } from './trouble.ts'

/**
 * A shared cache that is in trouble whenever a test wants it to be, in front of any other:
 *
 * ```ts
 * const trouble = new Trouble({ clock, random })
 * const config = { modules, cache: troubled(sharedMemory(clock), trouble) }
 * trouble.begin('hanging', 0.5)
 * ```
 *
 * It keeps what the port promises: every operation is over within the timeout, and rejects with `FUL-3002` and nothing else. All that it does
 * otherwise is what a real cache may do at any time, so nothing that an application promises may depend on it.
 */
export function troubled(source: SharedCacheSource, trouble: Trouble): SharedCacheSource {
  const memories = new Memories(trouble.clock)
  return Object.freeze({
    kind: 'shared-cache' as const,
    capabilities: source.capabilities,
    open: async (dependencies) => new TroubledCache(await source.open(dependencies), trouble, memories),
  } satisfies SharedCacheSource)
}

/** One instance's connection. */
class TroubledCache implements SharedCache {
  readonly #cache: SharedCache
  readonly #trouble: Trouble
  readonly #memories: Memories

  constructor(cache: SharedCache, trouble: Trouble, memories: Memories) {
    this.#cache = cache
    this.#trouble = trouble
    this.#memories = memories
  }

  get capabilities(): SharedCacheCapabilities {
    return this.#cache.capabilities
  }

  get isHealthy(): boolean {
    return this.#cache.isHealthy
  }

  get counters(): SharedCacheCounters {
    return this.#cache.counters
  }

  start(): Promise<void> {
    return this.#cache.start()
  }

  close(): Promise<void> {
    return this.#cache.close()
  }

  listen(listener: BusListener): void {
    this.#cache.listen({
      gap: () => listener.gap(),
      message: (told) => {
        if (!this.#trouble.meets('deaf')) listener.message(withoutFlushes(told))
      },
    })
  }

  get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    return this.#answer(async () => {
      const present = await this.#cache.get(this.#since(epoch), key)
      const before = this.#memories.of(epoch, key)
      this.#memories.add(epoch, key, present)
      if (this.#trouble.meets('garbled')) return this.#garbled(present, this.#memories.another(epoch, key))
      return before !== undefined && this.#trouble.meets('outdated') ? before : present
    })
  }

  fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    return this.#write(
      () => this.#cache.fill(this.#since(epoch), key, fill),
      () => 'stored',
    )
  }

  changed(epoch: EpochId, change: SharedChange): Promise<void> {
    return this.#write(() => this.#cache.changed(this.#since(epoch), change), ignore)
  }

  lease(epoch: EpochId, key: SharedKey, terms: LeaseTerms): Promise<LeaseAnswer> {
    return this.#write(
      () => this.#cache.lease(this.#since(epoch), key, terms),
      () => ({ fence: 1 + this.#trouble.random.int(1_000_000) }),
    )
  }

  renew(epoch: EpochId, key: SharedKey, renewal: Lease & { readonly ttl: number }): Promise<boolean> {
    return this.#write(
      () => this.#cache.renew(this.#since(epoch), key, renewal),
      () => true,
    )
  }

  release(epoch: EpochId, key: SharedKey, lease: Lease): Promise<void> {
    return this.#write(() => this.#cache.release(this.#since(epoch), key, lease), ignore)
  }

  version(operation: string, known: number): Promise<number> {
    return this.#answer(() => this.#cache.version(this.#since(operation), known))
  }

  bump(operation: string, known: number): Promise<number> {
    return this.#write(
      () => this.#cache.bump(this.#since(operation), known),
      () => known + 1 + this.#trouble.random.int(1_000),
    )
  }

  #write<T>(work: () => Promise<T>, pretend: () => T): Promise<T> {
    return this.#answer(async () => {
      if (this.#trouble.meets('full')) throw unavailable('it is full')
      return this.#trouble.meets('lossy') ? pretend() : await work()
    })
  }

  async #answer<T>(work: () => Promise<T>): Promise<T> {
    const { clock, latency, timeout } = this.#trouble
    if (this.#trouble.meets('failing')) throw unavailable('it says so')
    if (this.#trouble.meets('hanging')) return this.#timedOut()
    const isSlow = this.#trouble.meets('slow')
    if (isSlow && latency >= timeout) {
      // It is done all the same, and nobody hears of it.
      void clock.sleep(latency).then(work).catch(ignore)
      return this.#timedOut()
    }
    if (isSlow) await clock.sleep(latency)
    const answer = await work()
    return this.#trouble.meets('cut') ? this.#timedOut() : answer
  }

  async #timedOut(): Promise<never> {
    const { clock, timeout } = this.#trouble
    await clock.sleep(timeout)
    throw unavailable(`it did not answer within ${timeout} ms`)
  }

  #garbled({ body, ...rest }: SharedLookup, other: SharedLookup | undefined): SharedLookup {
    const { random } = this.#trouble
    const madeUp = Uint8Array.from({ length: random.int(200) }, () => random.int(256))
    const remaining = 1 + random.int(60_000)
    const stamp = random.int(1_000_000)
    const cutOff = body?.subarray(0, random.int(body.length))
    const answers = [
      { body: madeUp, remaining, tombstones: [], stamp },
      { ...rest, body: cutOff },
      other ?? rest,
    ]
    return { body: undefined, ...rest, ...answers[random.int(answers.length)] }
  }

  /** What was there before the last flush is of an epoch, or of an operation, that nobody asks for. */
  #since(name: string): string {
    const { flushes } = this.#trouble
    return flushes === 0 ? name : `${name}${FLUSHED}${flushes}`
  }
}

const FLUSHED = '~'

function withoutFlushes(message: BusMessage): BusMessage {
  switch (message.kind) {
    case 'changed':
      return { ...message, epoch: nameIn(message.epoch) }
    case 'bumped':
      return { ...message, operation: nameIn(message.operation) }
    case 'filled':
      return message
  }
}

function nameIn(name: string): string {
  return name.split(FLUSHED)[0] ?? name
}

function unavailable(reason: string): Error {
  return fulcrumError('FUL-3002', { dependency: 'the troubled cache', reason })
}

function ignore(): void {}
