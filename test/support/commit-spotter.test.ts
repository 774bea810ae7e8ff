import { expect, test } from 'vitest'
import { CommitSpotter } from './commit-spotter.ts'

function message(type: string, ...texts: string[]): Buffer {
  const body = Buffer.from(texts.map((text) => `${text}\0`).join(''))
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

const SYNC = message('S')

test('finds a COMMIT by its text, and later by its name', () => {
  const spotter = new CommitSpotter()
  const other = Buffer.concat([message('B', '', 'a'), message('E', '')])
  const first = Buffer.concat([message('P', 'c', 'COMMIT'), message('B', '', 'c'), message('E', '')])
  expect(spotter.spot(Buffer.concat([other, first, other, SYNC]))).toEqual({
    start: other.length,
    end: other.length + first.length,
  })
  const again = Buffer.concat([message('B', '', 'c'), message('E', '')])
  expect(spotter.spot(Buffer.concat([again, SYNC]))).toEqual({ start: 0, end: again.length })
  expect(new CommitSpotter().spot(again)).toBeUndefined()
})

test('finds none in other statements, nor in what is not whole', () => {
  const spotter = new CommitSpotter()
  const named = Buffer.concat([message('P', 'c', "SELECT 'COMMIT'"), message('B', '', 'c'), message('E', '')])
  expect(spotter.spot(named)).toBeUndefined()
  expect(spotter.spot(message('P', 'c', 'COMMIT').subarray(0, 9))).toBeUndefined()
})
