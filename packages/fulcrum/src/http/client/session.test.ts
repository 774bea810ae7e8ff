import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type Session } from './session.ts'

describe('a session', () => {
  it('starts with nothing, or with the tokens of an earlier one', () => {
    expect(createSession().tokens).toEqual([])
    expect(createSession(['a']).tokens).toEqual(['a'])
  })

  it('has one token when calls follow each other', () => {
    const session = createSession(['a'])
    session.advance(session.tokens, 'b')
    session.advance(session.tokens, 'c')
    expect(session.tokens).toEqual(['c'])
  })

  it('keeps what an overlapping call has seen', () => {
    const session = createSession(['a'])
    const sent = session.tokens
    session.advance(sent, 'written')
    session.advance(sent, 'read')
    expect(session.tokens).toEqual(['written', 'read'])
    session.advance(session.tokens, 'both')
    expect(session.tokens).toEqual(['both'])
  })

  it('was reset once an answer has said so, until another one carries on', () => {
    const session = createSession(['old'])
    session.advance(['old'], 'new')
    expect(session.wasReset).toBe(false)
    session.advance(['new'], 'newer', true)
    session.advance(['newer'], 'newest')
    expect(session.wasReset).toBe(true)
    expect(createSession(session.tokens)).toMatchObject({ tokens: ['newest'], wasReset: false })
  })

  it('never loses anything, in whichever order calls are sent and answered', () => {
    // A token stands for the facts that it covers: those that were sent and one new one.
    const step = fc.record({ answer: fc.boolean(), which: fc.nat(9) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const session = createSession()
        const pending: (readonly string[])[] = []
        let facts = 0
        for (const { answer, which } of steps) {
          const [sent] = answer ? pending.splice(which % Math.max(1, pending.length), 1) : []
          if (sent === undefined) pending.push(session.tokens)
          else session.advance(sent, [...covered(sent), String(facts++)].join('+'))
        }
        const expected = Array.from({ length: facts }, (_, fact) => String(fact))
        expect([...new Set(covered(session.tokens))].toSorted()).toEqual(expected.toSorted())
      }),
    )
  })
})

function covered(tokens: Session['tokens']): string[] {
  return tokens.flatMap((token) => token.split('+'))
}
