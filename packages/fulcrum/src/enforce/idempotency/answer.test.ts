import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import { DomainError, error } from '../../declare/error.ts'
import { isPortable } from '../cache/portable.ts'
import { packAnswer, unpackAnswer } from './answer.ts'

const Taken = error('seats.Taken', { status: 409, data: z.object({ by: z.string() }) })
const take = command('seats.take', { errors: [Taken] })

it('comes out as it went in, whatever was answered', () => {
  const values = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true })
  fc.assert(
    fc.property(
      values,
      fc.option(fc.nat(), { nil: undefined }),
      fc.array(fc.string()),
      (value, version, changed) => {
        // Integers of MessagePack have no negative zero.
        fc.pre(isPortable(value) && !fc.stringify(value).includes('-0'))
        const answered = { kind: 'value', value, version, changed } as const
        expect(unpackAnswer(take, packAnswer(take, answered))).toEqual(answered)
      },
    ),
  )
})

it('gives a declared error back as one', () => {
  const error = new DomainError(Taken, { by: 'ann' })
  expect(unpackAnswer(take, packAnswer(take, { kind: 'error', error }))).toMatchObject({
    kind: 'error',
    error: { code: 'seats.Taken', status: 409, data: { by: 'ann' }, declaration: Taken },
  })
})

it('refuses what would not come out as it went in', () => {
  const value = { make: () => 1 }
  expect(() => packAnswer(take, { kind: 'value', value, version: undefined, changed: [] })).toThrow(
    'FUL-3021',
  )
})

it('says so where another version of the application has kept it', () => {
  const error = new DomainError(Taken, { by: 'ann' })
  const kept = packAnswer(take, { kind: 'error', error })
  const later = command('seats.take', {})
  expect(() => unpackAnswer(later, kept)).toThrow('the error seats.Taken, which it does not declare any more')
  expect(() => unpackAnswer(take, Buffer.from([0xc0]))).toThrow('FUL-3022')
})
