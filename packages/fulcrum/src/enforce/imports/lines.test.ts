import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linesOf, NdjsonBody } from './lines.ts'

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0
  for (const size of sizes) {
    yield bytes.subarray(start, start + size)
    start += size
  }
  yield bytes.subarray(start)
}

async function textsOf(lines: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = []
  for await (const line of lines) texts.push(new TextDecoder().decode(line))
  return texts
}

test('lines are the same however their bytes come', async () => {
  const text = fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' '))
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.nat(12)), fc.boolean(), async (lines, sizes, isEnded) => {
      const bytes = new TextEncoder().encode(lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : ''))
      const found = await textsOf(linesOf(new NdjsonBody(chunks(bytes, sizes), 1_000), 'm.import'))
      const last = lines.at(-1)
      // Without its end, a last line without anything is none.
      expect(found).toEqual(last === '' && !isEnded ? lines.slice(0, -1) : lines)
    }),
  )
})

test('a line that is too long is refused before it is read to its end', async () => {
  let read = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      read += 100
      yield new Uint8Array(100).fill(0x61)
    }
  }
  await expect(textsOf(linesOf(new NdjsonBody(endless(), 1_000), 'm.import'))).rejects.toThrow('FUL-2017')
  expect(read).toBe(1_100)
})
