import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { command } from '../../declare/command.ts'
import { compileOnce, type OnceFacts } from './once.ts'

const byHeader = compileOnce(command('pay.make', { contract: { idempotency: { key: 'header' } } }))
const call = (more: Partial<OnceFacts> = {}): OnceFacts => ({
  principal: undefined,
  idempotencyKey: 'k',
  ifMatch: undefined,
  ...more,
})

describe('a call', () => {
  it('is the same with the same caller and key, whatever its input', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (one, other) => {
        fc.pre(isKeyed(one) && isKeyed(other))
        expect(byHeader(call(), one).id).toBe(byHeader(call(), other).id)
      }),
    )
  })

  it('is another one with another caller, tenant, key or command', () => {
    const make = compileOnce(command('pay.refund', { contract: { idempotency: { key: 'header' } } }))
    const ids = [
      byHeader(call(), 1),
      byHeader(call({ idempotencyKey: 'k2' }), 1),
      byHeader(call({ principal: { id: 'ann' } }), 1),
      byHeader(call({ principal: { id: 'ann', tenant: 't' } }), 1),
      byHeader(call({ principal: { id: 't', tenant: 'ann' } }), 1),
      make(call(), 1),
    ].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  it('has the fingerprint of its input, whatever the order of its members, and of its precondition', () => {
    const print = (input: unknown, facts = call()): string => byHeader(facts, input).fingerprint
    expect(print({ a: 1, b: [2] })).toBe(print({ b: [2], a: 1 }))
    expect(print({ a: 1 })).not.toBe(print({ a: '1' }))
    expect(print({ a: 1 })).not.toBe(print({ a: 1 }, call({ ifMatch: '"7"' })))
    expect(print(undefined, call({ ifMatch: 'null' }))).not.toBe(print(undefined))
  })

  it('needs a key that can be used', () => {
    expect(() => byHeader(call({ idempotencyKey: undefined }), 1)).toThrow('FUL-2014 pay.make')
    expect(() => byHeader(call({ idempotencyKey: '' }), 1)).toThrow('FUL-2007')
    expect(() => byHeader(call({ idempotencyKey: 'x'.repeat(256) }), 1)).toThrow('FUL-2007')
  })

  it('takes a key that the contract makes of its input, and no other', () => {
    const made = compileOnce(
      command('pay.make', {
        contract: { idempotency: { key: ({ invoice }: { invoice: string }) => invoice } },
      }),
    )
    const input = { invoice: 'i1', note: 'a' }
    expect(made(call({ idempotencyKey: undefined }), input).id).toBe(made(call(), { ...input, note: 'b' }).id)
    expect(made(call(), { invoice: 'i2' }).id).not.toBe(made(call(), input).id)
    expect(() => made(call(), {})).toThrow('FUL-3020 pay.make')
  })
})

function isKeyed(value: unknown): boolean {
  try {
    byHeader(call(), value)
    return true
  } catch {
    return false
  }
}
