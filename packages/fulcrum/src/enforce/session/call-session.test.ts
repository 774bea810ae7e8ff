import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EpochChange } from '../../consistency/carry-over.ts'
import { needOf } from '../../consistency/need.ts'
import { NEW_TOKEN, type Token, wrote } from '../../consistency/token.ts'
import { CallSession } from './call-session.ts'

const FIRST = '7/1'
const SECOND = '7/2'

const writing = (token: Token, lsn: number, tag = 1, epoch = FIRST): Token =>
  wrote(token, [tag], { epoch, lsn, id: lsn })

/** Timeline 1 came along up to position 150. */
const promoted: EpochChange = { epoch: SECOND, forkOf: (timeline) => (timeline === 1 ? 150 : undefined) }
const before: EpochChange = { epoch: FIRST, forkOf: () => undefined }

describe('a session', () => {
  it('is of unknown history until it has a token', () => {
    const session = new CallSession()
    expect(session.token).toBeUndefined()
    session.advance(undefined, NEW_TOKEN)
    expect(session.token).toBe(NEW_TOKEN)
  })

  it('replaces the token that a call was given', () => {
    const session = new CallSession([NEW_TOKEN])
    const next = writing(NEW_TOKEN, 100)
    session.advance(NEW_TOKEN, next)
    expect(session.token).toBe(next)
  })

  it('demands what each of two overlapping calls demands, in whichever order they end', () => {
    const a = writing(NEW_TOKEN, 100, 1)
    const b = writing(NEW_TOKEN, 200, 2)
    for (const [first, second] of [[a, b] as const, [b, a] as const]) {
      const session = new CallSession([NEW_TOKEN])
      session.advance(NEW_TOKEN, first)
      session.advance(NEW_TOKEN, second)
      expect(needOf(session.token ?? NEW_TOKEN, [1], 'read-your-writes').lsn).toBe(100)
      expect(needOf(session.token ?? NEW_TOKEN, [2], 'read-your-writes').lsn).toBe(200)
    }
  })

  it('keeps what two first calls have learned, both begun with nothing', () => {
    const session = new CallSession()
    session.advance(undefined, writing(NEW_TOKEN, 100, 1))
    session.advance(undefined, writing(NEW_TOKEN, 200, 2))
    expect(session.token?.tags.size).toBe(2)
  })

  it('never demands less, whatever overlaps', () => {
    const step = fc.record({ of: fc.nat(3), lsn: fc.integer({ min: 1, max: 1_000 }), tag: fc.nat(50) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const session = new CallSession()
        const taken: (Token | undefined)[] = [undefined, undefined, undefined, undefined]
        const written = new Map<number, number>()
        for (const { of, lsn, tag } of steps) {
          const sent = taken[of]
          session.advance(sent, writing(sent ?? NEW_TOKEN, lsn, tag))
          taken[of] = session.token
          written.set(tag, Math.max(written.get(tag) ?? 0, lsn))
        }
        for (const [tag, lsn] of written)
          expect(needOf(session.token as Token, [tag], 'read-your-writes').lsn).toBeGreaterThanOrEqual(lsn)
      }),
    )
  })
})

describe('a session that enters an epoch', () => {
  it('is kept in its own', () => {
    const token = writing(NEW_TOKEN, 100)
    const session = new CallSession([token])
    expect(session.enter(before)).toBe('kept')
    expect(session.token).toBe(token)
  })

  it('is carried along when the new one has all that it speaks of', () => {
    const session = new CallSession([writing(NEW_TOKEN, 150)])
    expect(session.enter(promoted)).toBe('carried')
    expect(session.token?.epoch).toBe(SECOND)
    expect(session.wasReset).toBe(false)
  })

  it('is reset, and says so from then on, when an acknowledged write was lost', () => {
    const session = new CallSession([writing(NEW_TOKEN, 151)])
    expect(session.enter(promoted)).toBe('reset')
    expect(session.token?.w).toBe(150)
    expect(session.enter(promoted)).toBe('kept')
    expect(session.wasReset).toBe(true)
  })

  it('does not change while it is ahead', () => {
    const token = writing(NEW_TOKEN, 100, 1, SECOND)
    const session = new CallSession([token, writing(NEW_TOKEN, 90)])
    expect(session.enter(before)).toBe('ahead')
    expect(session.token).toBe(token)
    expect(session.tokens).toHaveLength(2)
  })

  it('merges what overlapping calls have learned in two epochs', () => {
    const session = new CallSession([writing(NEW_TOKEN, 120, 1)])
    const sent = session.token
    expect(session.enter(promoted)).toBe('carried')
    session.advance(session.token, writing(session.token as Token, 300, 2, SECOND))
    session.advance(sent, writing(sent as Token, 140, 3))
    expect(session.tokens).toHaveLength(2)
    expect(session.enter(promoted)).toBe('carried')
    expect(session.tokens).toHaveLength(1)
    const needs = [1, 2, 3].map((tag) => needOf(session.token as Token, [tag], 'read-your-writes').lsn)
    expect(needs).toEqual([120, 300, 140])
  })
})
