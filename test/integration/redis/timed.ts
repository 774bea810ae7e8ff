import { isFulcrumError } from '../../../packages/fulcrum/src/kernel/errors/fulcrum-error.ts'
import type { SharedCache } from '../../../packages/fulcrum/src/ports/shared-cache.ts'
import { EPOCH, fillOf, keyOf } from './open-cache.ts'

/** What became of one operation, and how long it took in milliseconds. */
export interface Timed {
  readonly outcome: 'answered' | 'unavailable'
  readonly took: number
  readonly endedAt: number
}

/** @throws whatever is not the one error that callers of a shared cache have to expect. */
export async function timed(operation: Promise<unknown>): Promise<Timed> {
  const startedAt = performance.now()
  const outcome = await operation.then(() => 'answered' as const, unavailable)
  const endedAt = performance.now()
  return { outcome, took: endedAt - startedAt, endedAt }
}

function unavailable(error: unknown): 'unavailable' {
  if (isFulcrumError(error, 'FUL-3002')) return 'unavailable'
  throw error
}

const OPERATIONS: readonly ((cache: SharedCache, turn: number) => Promise<unknown>)[] = [
  (cache, turn) => cache.get(EPOCH, keyOf(`load:${turn % 50}`, [])),
  (cache, turn) => cache.get(EPOCH, keyOf(`load:${turn % 50}`, [turn % 7])),
  (cache, turn) => cache.fill(EPOCH, keyOf(`load:${turn % 50}`, []), fillOf({ lo: turn })),
  (cache, turn) =>
    cache.changed(EPOCH, { tags: [turn % 7, 9], tombstone: { min: turn, writeId: turn }, ttl: 1_000 }),
  (cache, turn) => cache.lease(EPOCH, keyOf(`load:${turn % 50}`), { ttl: 10, stamp: 0 }),
]

/** Callers that do everything there is to do, one after the other, until they are stopped. */
export class Load {
  readonly operations: Timed[] = []
  #isOver = false
  readonly #callers: readonly Promise<void>[]

  constructor(cache: SharedCache, callers = 32) {
    this.#callers = Array.from({ length: callers }, (_, caller) => this.#call(cache, caller))
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#callers)
  }

  /** The slowest operation so far, in milliseconds. */
  get slowest(): number {
    return this.operations.reduce((most, { took }) => Math.max(most, took), 0)
  }

  async #call(cache: SharedCache, caller: number): Promise<void> {
    for (let turn = caller; !this.#isOver; turn += 1) {
      const operation = OPERATIONS[turn % OPERATIONS.length]
      if (operation === undefined) throw new Error('unreachable')
      const done = await timed(operation(cache, turn))
      this.operations.push(done)
      // Those that are turned down at once must not keep others from having a turn.
      if (done.outcome === 'unavailable') await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}
