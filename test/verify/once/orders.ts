import type { Order } from './instance-main.ts'
import type { Fact } from './ledger.ts'

/** Orders of one lane are given one after the other, each when the one before is done: so the facts of a key are committed in their order. */
export type Lane = readonly Order[]

export interface Amounts {
  readonly events: number
  readonly jobs: number
  /** Events of elsewhere. Each is taken in twice. */
  readonly reported: number
}

const LANES = 12
const KEYS_EACH = 4
/** Facts of an order. */
const SIZE = 50

export function lanesOf({ events, jobs, reported }: Amounts): readonly Lane[] {
  let id = 0
  const recording = Array.from({ length: LANES }, (_, lane): Lane => {
    const told = factsOf(`event ${lane}`, events / LANES)
    const done = factsOf(`job ${lane}`, jobs / LANES)
    const share = Math.ceil(done.length / Math.ceil(told.length / SIZE))
    return inLots(told, SIZE).map((lot, at) => ({
      id: (id += 1),
      events: lot,
      jobs: done.slice(at * share, (at + 1) * share),
    }))
  })
  const foreign = inLots(factsOf('elsewhere', reported), SIZE)
  const reporting = Array.from({ length: 2 }, (): Lane =>
    foreign.map((lot) => ({ id: (id += 1), reported: lot })),
  )
  return [...recording, ...reporting]
}

/** 0, 1, 2, … of each key. */
function factsOf(name: string, count: number): readonly Fact[] {
  return Array.from({ length: Math.ceil(count) }, (_, at) => ({
    key: `${name} ${at % KEYS_EACH}`,
    n: Math.floor(at / KEYS_EACH),
  }))
}

function inLots<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  )
}
