import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { offerProduct, setPieces, setPrice } from './products-app.ts'
import { type Started, type TwoInstances, twoInstances } from './two-instances.ts'

describe('changes that are not in PostgreSQL, over Redis', () => {
  let two: TwoInstances
  let instances: readonly [Started, Started]

  beforeAll(async () => {
    two = await twoInstances({ hasReplica: true })
    instances = [two.one, two.other]
  })

  afterAll(() => two[Symbol.asyncDispose]())

  const piecesOn = async ({ app }: Started): Promise<number> =>
    (await app.call(offerProduct, { id: 'a' })).pieces

  /** Both serve this, and neither asks for it. */
  async function areCached(pieces: number): Promise<boolean> {
    for (const { asked } of instances) asked.offered.length = 0
    const found = [await piecesOn(instances[0]), await piecesOn(instances[1])]
    return (
      found.every((each) => each === pieces) && instances.every(({ asked }) => asked.offered.length === 0)
    )
  }

  it('end what was read before on all instances, and what is read after is cached, however often that happens', async () => {
    await two.one.app.call(setPrice, { id: 'a', price: 1 })
    for (let pieces = 1; pieces <= 12; pieces += 1) {
      const [writer, reader] = pieces % 2 === 0 ? instances : [instances[1], instances[0]]
      await writer.app.call(setPieces, { id: 'a', pieces })
      // At once for the one that made it; for the other as soon as it is told.
      expect(await piecesOn(writer)).toBe(pieces)
      await waitFor(async () => (await piecesOn(reader)) === pieces, { what: 'the other instance was told' })
      await waitFor(() => areCached(pieces), { what: 'both have it in a cache' })
    }
  })

  it('end it beside changes that are', async () => {
    await two.one.app.call(setPieces, { id: 'a', pieces: 100 })
    await two.other.app.call(setPrice, { id: 'a', price: 5 })
    await two.one.app.call(setPieces, { id: 'a', pieces: 101 })
    const offers = async () =>
      await Promise.all(instances.map(({ app }) => app.call(offerProduct, { id: 'a' })))
    await waitFor(async () => (await offers()).every(({ pieces, price }) => pieces === 101 && price === 5), {
      what: 'both have the latest of both',
    })
    await waitFor(() => areCached(101), { what: 'both have it in a cache' })
  })
})
