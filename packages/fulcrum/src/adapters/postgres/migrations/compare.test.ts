import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryRow } from '../sql/migration-history.ts'
import { compare } from './compare.ts'
import { codeChecksum, isSameStep, type Step, stepOf } from './step.ts'

const step = (name: string, up = `-- ${name}`): Step => stepOf('shop', { name, up })

function row({ module, name, checksum, transactional }: Step): HistoryRow {
  return { module, name, checksum, transactional, is_finished: true }
}

function codesOf(steps: readonly Step[], history: readonly HistoryRow[]): string[] {
  return compare('shop', steps, history).problems.map(({ code }) => code)
}

describe('a history', () => {
  test('is continued at its end, whatever its length', () => {
    fc.assert(
      fc.property(fc.nat({ max: 20 }), fc.nat({ max: 20 }), (before, after) => {
        const steps = Array.from({ length: before + after }, (_, index) => step(String(1_000 + index)))
        const { planned, problems } = compare('shop', steps, steps.slice(0, before).map(row))
        expect(problems).toEqual([])
        expect(planned.map(({ state }) => state)).toEqual([
          ...Array<string>(before).fill('applied'),
          ...Array<string>(after).fill('pending'),
        ])
      }),
    )
  })

  test('is not continued when a step was changed, is gone, or was slipped in', () => {
    const [first, second, third] = [step('1'), step('2'), step('3')]
    expect(codesOf([first, step('2', 'changed')], [row(first), row(second)])).toEqual(['FUL-4020'])
    expect(codesOf([second], [row(first), row(second)])).toEqual(['FUL-4021'])
    expect(codesOf([first, second, third], [row(first), row(third)])).toEqual(['FUL-4022'])
    expect(codesOf([], [])).toEqual([])
  })

  test('is not continued after a step that did not finish; the error says how to go on', () => {
    const first = step('1')
    const { problems } = compare('shop', [first], [{ ...row(first), is_finished: false }])
    expect(problems.map(({ code }) => code)).toEqual(['FUL-4023'])
    expect(problems[0]?.message).toContain(
      "`DELETE FROM fulcrum.migration WHERE module = 'shop' AND name = '1'` to have the step run again",
    )
  })
})

describe('a checksum', () => {
  test('does not depend on line ends', () => {
    expect(step('1', 'a\r\nb').checksum).toBe(step('1', 'a\nb').checksum)
    expect(step('1', 'a\nb').checksum).not.toBe(step('1', 'a b').checksum)
  })

  test.each([
    [codeChecksum('ts', 'a'), codeChecksum('ts', 'a'), true],
    [codeChecksum('ts', 'a'), codeChecksum('ts', 'b'), false],
    [codeChecksum('ts', 'a'), codeChecksum('js', 'b'), true],
    [codeChecksum('ts', 'a'), 'code', true],
    [codeChecksum('ts', 'a'), step('1').checksum, false],
    [step('1').checksum, 'code', false],
  ])('%s, then %s', (applied, present, same) => {
    expect(isSameStep(applied, present)).toBe(same)
  })
})

test.each([
  [{ name: 'a b', up: '' }, 'the name is not allowed'],
  [{ name: '', up: '' }, 'the name is not allowed'],
  [{ name: 'a', up: 5 }, 'up is 5'],
  [{ name: 'a', up: '', transactional: 'no' }, 'transactional is "no"'],
])('%j is no migration', (migration, reason) => {
  expect(() => stepOf('shop', migration as never)).toThrow(`cannot be used: ${reason}`)
})
