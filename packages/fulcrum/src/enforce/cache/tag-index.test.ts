import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TagIndex } from './tag-index.ts'

describe('the index by tag', () => {
  it('knows the members of each tag, whatever was added and removed in which order', () => {
    const members = Array.from({ length: 4 }, (_, id) => ({ id }))
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(2), fc.constantFrom(...members)), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (all) => {
        const index = new TagIndex<{ id: number }>()
        const model = [new Set<object>(), new Set<object>(), new Set<object>()] as const
        for (const [isAdded, tag, member] of all) {
          const known = model[tag] as Set<object>
          if (isAdded) {
            index.add(tag, member)
            known.add(member)
          } else {
            index.remove(tag, member)
            known.delete(member)
          }
          expect(new Set(index.of(tag))).toEqual(known)
        }
      }),
    )
  })

  it('can be emptied while it is gone through', () => {
    const index = new TagIndex<{ id: number }>()
    for (let id = 0; id < 3; id += 1) index.add(7, { id })
    for (const member of index.of(7)) index.remove(7, member)
    expect([...index.of(7)]).toEqual([])
  })
})
