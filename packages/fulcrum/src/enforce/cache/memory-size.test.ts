import { describe, expect, it } from 'vitest'
import { memorySize, unpackedSize } from './memory-size.ts'

describe('the memory that a value takes', () => {
  it.each([
    ['a', 24],
    ['ä', 24],
    ['x'.repeat(9), 32],
    [7, 0],
    [7.5, 16],
    [2 ** 40, 16],
    [null, 0],
    [{ a: 1, b: 2 }, 48],
    [[1, 2, 3], 72],
    [new Uint8Array(1_000), 1_128],
  ])('is about that of %o', (value, bytes) => {
    expect(memorySize(value)).toBe(bytes)
  })

  it('grows with what is inside, in every kind of container', () => {
    const text = 'x'.repeat(10_000)
    for (const value of [[text], { text }, new Map([[1, text]]), new Set([text]), [[{ text }]], text])
      expect(memorySize(value)).toBeGreaterThan(10_000)
  })

  it('does not depend on whether a text compresses well, and ends where a value contains itself', () => {
    const value: { self?: unknown; text: string } = { text: 'x'.repeat(1_000_000) }
    value.self = value
    expect(memorySize(value)).toBeGreaterThan(1_000_000)
  })

  it('counts the text that unpacked texts are slices of once', () => {
    const texts = ['a'.repeat(100), 'b'.repeat(100)]
    expect(unpackedSize(texts, 210)).toBe(210 + memorySize([0, 0]) + 2 * 32)
    expect(unpackedSize('short', 7)).toBe(7 + memorySize('short'))
  })
})
