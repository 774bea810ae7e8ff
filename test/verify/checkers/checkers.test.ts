import { describe, expect, it } from 'vitest'
import type { Operation, Value } from '../history/operation.ts'
import { Truth } from '../history/truth.ts'
import { Checkers } from './checkers.ts'

const KEYS = 3

/** Write 1, 2, … of item 0, and write 11, 12, … of item 1. */
const value = (version: number, key = 0): Value => ({ version, writer: 10 * key + version })

interface Sketch extends Partial<Operation> {
  readonly at: readonly [invoked: number, completed: number]
}

const read = (operation: string, version: number, { at, ...rest }: Sketch): Operation => {
  const [invoked, completed] = at
  const keys = rest.keys ?? [0]
  const values = [value(version, keys[0])]
  return {
    process: 'a',
    session: 1,
    caller: 'p1',
    kind: 'read',
    outcome: 'ok',
    operation,
    keys,
    values,
    invoked,
    completed,
    ...rest,
  }
}

const write = (version: number, sketch: Sketch): Operation => ({
  ...read('write', version, sketch),
  kind: 'write',
  writer: value(version, sketch.keys?.[0]).writer,
})

function found(operations: readonly Operation[], truth = truthOf(operations)): string[] {
  return new Checkers(KEYS).check(operations, truth).map(({ check, says }) => `${check}: ${says}`)
}

function truthOf(operations: readonly Operation[]): Truth {
  const truth = new Truth(KEYS)
  const writes = operations.filter(({ kind, outcome }) => kind === 'write' && outcome !== 'refused')
  truth.learn(
    writes.flatMap(({ keys, values = [], writer = 0 }) =>
      keys.map((key, index) => ({ key, version: values[index]?.version ?? 1, writer })),
    ),
  )
  return truth
}

describe('values', () => {
  it('have to be written by somebody who has begun', () => {
    const writes = [write(1, { at: [10, 20], session: 2 })]
    expect(found([...writes, read('eventual', 1, { at: [0, 15] })])).toEqual([])
    expect(found([...writes, read('eventual', 1, { at: [0, 9] })])).toEqual([
      'values: k0@1 of write 1 had not begun yet',
    ])
    expect(found([read('eventual', 7, { at: [0, 9] })])).toEqual([
      'values: k0@7 of write 7 was never written',
    ])
  })

  it('of acknowledged writes are there, those of refused ones are not', () => {
    const acknowledged = write(1, { at: [10, 20] })
    expect(found([acknowledged], new Truth(KEYS))).toEqual(['values: k0@1 of write 1 was never written'])
    const refused: Operation = { ...acknowledged, outcome: 'refused', code: 'FUL-3005' }
    expect(found([refused], truthOf([acknowledged]))).toContain(
      'values: write 1 was refused and has happened',
    )
  })

  it('that were read together are of one state', () => {
    const both = { keys: [0, 1], values: [value(1), { version: 1, writer: 1 }], at: [10, 20] as const }
    const writes = [write(1, both)]
    const values = [value(1), { version: 0, writer: 0 }]
    expect(found([...writes, read('eventual', 1, { ...both, at: [10, 20], values })])).toEqual([
      'one state: write 1 without k1@1',
    ])
  })
})

describe('strong reads', () => {
  it('show what was acknowledged before they began', () => {
    const writes = [write(1, { at: [0, 10], session: 2 })]
    expect(found([...writes, read('strong', 0, { at: [5, 12] })])).toEqual([])
    expect(found([...writes, read('strong', 0, { at: [11, 12] })])).toEqual(['linearizable: k0@0 after k0@1'])
  })

  it('show what others have been shown', () => {
    const writes = [write(1, { at: [0, 100], session: 2 })]
    const reads = [read('strong', 1, { at: [10, 20] }), read('strong', 0, { at: [30, 40], session: 3 })]
    expect(found([...writes, ...reads])).toEqual(['linearizable: k0@0 after k0@1'])
  })
})

describe('reads of bounded age', () => {
  const writes = [write(1, { at: [0, 1_000], session: 2 })]

  it('are counted from their beginning back to the acknowledgement', () => {
    expect(found([...writes, read('old500', 0, { at: [1_499, 1_600] })])).toEqual([])
    expect(found([...writes, read('old500', 0, { at: [1_501, 1_600] })])).toEqual([
      'staleness: k0@0 where k0@1 was 500 ms old',
    ])
  })

  it('may be as old as they say, where the contract lets them', () => {
    expect(found([...writes, read('old5000Stale', 0, { at: [9_000, 9_001], stale: 4 })])).toEqual([])
    expect(found([...writes, read('old5000Stale', 0, { at: [9_000, 9_001], stale: 2 })])).toHaveLength(1)
    expect(found([...writes, read('old500', 1, { at: [9_000, 9_001], stale: 4 })])).toEqual([
      'staleness: it is stale, and may not be',
    ])
  })
})

describe('sessions', () => {
  it('see their own writes', () => {
    const writes = [write(1, { at: [0, 10] })]
    expect(found([...writes, read('ryw', 0, { at: [5, 20] })])).toEqual([])
    expect(found([...writes, read('ryw', 0, { at: [11, 20] })])).toEqual([
      'read-your-writes: k0@0 where k0@1 was due',
    ])
    expect(found([...writes, read('ryw', 0, { at: [11, 20], session: 2 })])).toEqual([])
  })

  it('see nothing older than what they have seen, where the level remembers it', () => {
    const writes = [write(1, { at: [0, 10], session: 2 })]
    const second = read('monotonic', 0, { at: [30, 40] })
    expect(found([...writes, read('monotonic', 1, { at: [11, 20] }), second])).toEqual([
      'monotonic: k0@0 where k0@1 was due',
    ])
    expect(found([...writes, read('ryw', 1, { at: [11, 20] }), second])).toEqual([])
  })

  it('see what was known to whoever wrote what they have seen', () => {
    const history = [
      write(1, { at: [0, 10], session: 2 }),
      write(1, { at: [20, 30], session: 2, keys: [1] }),
      read('causal', 1, { at: [40, 50], keys: [1] }),
    ]
    expect(found([...history, read('causal', 0, { at: [60, 70] })])).toEqual([
      'causal: k0@0 where k0@1 was due',
    ])
    expect(found([...history, read('monotonic', 0, { at: [60, 70] })])).toEqual([])
  })
})

describe('after a failover', () => {
  const lost = write(2, { at: [20, 30], values: [{ version: 2, writer: 5 }], writer: 5 })
  const kept = write(1, { at: [0, 10] })
  const replaced = write(2, { at: [50, 60], session: 2, values: [{ version: 2, writer: 6 }], writer: 6 })
  const truth = (): Truth => {
    const known = truthOf([kept])
    known.forked([1, 0, 0], 5)
    known.learn([{ key: 0, version: 2, writer: 6 }])
    return known
  }

  it('what was lost counts as what came along', () => {
    const reads = [
      read('strong', 2, { at: [31, 35], values: [{ version: 2, writer: 5 }] }),
      read('strong', 1, { at: [40, 45] }),
    ]
    expect(found([kept, lost, ...reads, replaced], truth())).toEqual([])
  })

  it('sessions are told, once', () => {
    const again = read('ryw', 1, { at: [40, 45] })
    expect(found([kept, lost, again, replaced], truth())).toEqual([
      'read-your-writes: something of k0 was lost, and nobody said so',
    ])
    const told = [read('ryw', 1, { at: [40, 42], reset: true }), read('ryw', 1, { at: [43, 45] })]
    expect(found([kept, lost, ...told, replaced], truth())).toEqual([])
  })

  it('what came along is still theirs', () => {
    const told = [read('ryw', 0, { at: [40, 42], reset: true })]
    expect(found([kept, lost, ...told, replaced], truth())).toEqual([
      'read-your-writes: k0@0 where k0@1 was due',
    ])
  })
})
