import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_TAGS, NEW_TOKEN, type Token, wrote } from '../../consistency/token.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { CallSession } from './call-session.ts'
import { readTokens, requireGenuine, textOf } from './session-texts.ts'
import { MOST_TOKEN_TEXT, TokenSigner } from './token-signer.ts'

const written = (lsn: number, tag = 1): Token =>
  wrote(NEW_TOKEN, [tag], { epoch: '7431098765432109876/3', lsn, id: 5 })
const tokenOf = (signer: TokenSigner, text: string): Token | undefined => {
  const read = signer.read(text)
  return read.outcome === 'token' ? read.token : undefined
}

describe('a signed token', () => {
  const signer = new TokenSigner(['a secret of the instances'])

  it('comes back, on every instance that has the secret', () => {
    const token = written(3_500_000_000_000)
    const other = new TokenSigner(['a secret of the instances'])
    expect(tokenOf(other, signer.write(token))).toEqual(token)
  })

  it('is a text that needs no quoting in headers and cookies, of some eighty characters for one write', () => {
    const text = signer.write(written(3_500_000_000_000))
    expect(text).toMatch(/^[\w-]+$/)
    expect(text.length).toBe(78)
  })

  it('fits in 4 KB, whatever the session has done', () => {
    expect(MOST_TOKEN_TEXT).toBeLessThan(2_200)
    let token = NEW_TOKEN
    for (let tag = 0; tag < 2 * MOST_TAGS; tag += 1)
      token = wrote(token, [2 ** 53 - 1 - tag], {
        epoch: '7431098765432109876/3',
        lsn: 2 ** tag % 2 ** 53,
        id: 2 ** 53 - 1,
      })
    expect(signer.write(token).length).toBeLessThan(MOST_TOKEN_TEXT)
  })

  it('is not accepted after any change of any bit', () => {
    const bytes = Buffer.from(signer.write(written(100)), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(tokenOf(signer, changed.toString('base64url'))).toBeUndefined()
    }
  })

  it('is refused without throwing when it is garbage', () => {
    const texts = fc.oneof(fc.string({ maxLength: 300 }), fc.base64String({ maxLength: 300 }))
    fc.assert(
      fc.property(texts, (text) => {
        expect(tokenOf(signer, text)).toBeUndefined()
      }),
    )
    for (const text of ['', '-', 'AAAA', 'A'.repeat(100_000)]) expect(tokenOf(signer, text)).toBeUndefined()
  })

  it('is refused when anything is added to it that a decoder would pass over', () => {
    for (const lsn of [1, 100, 10_000, 1_000_000, 100_000_000]) {
      const text = signer.write(written(lsn))
      for (const added of ['A', '=', ' ', '\n', '%', '+'])
        expect(tokenOf(signer, `${text}${added}`)).toBeUndefined()
    }
  })

  it('is told from one of a key that is not there any more', () => {
    expect(signer.read(new TokenSigner(['another']).write(written(1)))).toEqual({ outcome: 'unknown key' })
    const forged = Buffer.from(signer.write(written(1)), 'base64url')
    forged[10] = (forged[10] as number) ^ 1
    expect(signer.read(forged.toString('base64url'))).toEqual({ outcome: 'forged' })
  })

  it('is the same text again while the session has not changed', () => {
    const text = signer.write(written(100))
    expect(signer.write(tokenOf(signer, text) as Token)).toBe(text)
    expect(tokenOf(signer, text)).toBe(tokenOf(signer, text))
  })
})

describe('keys that are rotated', () => {
  const before = new TokenSigner(['old'])
  const during = new TokenSigner(['new', 'old'])
  const after = new TokenSigner(['new'])

  it('accept what the older one has signed, and sign it with the new one', () => {
    const carried = tokenOf(during, before.write(written(100))) as Token
    expect(carried).toEqual(written(100))
    expect(tokenOf(after, during.write(carried))).toEqual(written(100))
  })

  it('leave a session that slept through the overlap without its token, and say so', () => {
    const read = readTokens(after, [before.write(written(100))])
    expect(read).toEqual({ tokens: [], wasReset: true, problem: undefined })
  })
})

describe('texts of a session', () => {
  const signer = new TokenSigner(['secret'])
  const open = (...texts: string[]): CallSession => new CallSession(readTokens(signer, texts).tokens)

  it('are none while nothing is known', () => {
    expect(textOf(signer, open())).toBe('')
    expect(open('', ' , ').token).toBeUndefined()
  })

  it('merge, several in one text or in several', () => {
    const [a, b] = [signer.write(written(100, 1)), signer.write(written(200, 2))]
    for (const session of [open(`${a}, ${b}`), open(a, b), open(`${a},${b},`), open(`${a}.${b}`)])
      expect([...(session.token as Token).tags.keys()]).toEqual([1, 2])
  })

  it('stay several where they are of several epochs', () => {
    const session = new CallSession([written(1), wrote(NEW_TOKEN, [2], { epoch: '7/1', lsn: 2, id: 1 })])
    expect(open(textOf(signer, session)).tokens).toEqual(session.tokens)
  })

  it('are refused with the name of the part they came in', () => {
    const text = signer.write(written(100))
    for (const broken of [
      text.slice(0, -1),
      `${text}x`,
      `${text}, ?`,
      Array.from({ length: 65 }, () => text).join(),
    ]) {
      const error = catchError(() => requireGenuine(readTokens(signer, [broken]), 'the header Fulcrum-Token'))
      expect(isFulcrumError(error, 'FUL-2013') && error.detail).toContain('the header Fulcrum-Token')
    }
  })
})

function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
