import { expect, test } from 'vitest'
import { endsOfQuestions } from './frontend-messages.ts'

const SYNC = [0x53, 0, 0, 0, 4]
const BIND = [0x42, 0, 0, 0, 6, 0x53, 0x53]

test('each question ends with its Sync', () => {
  expect(endsOfQuestions(Buffer.from([...BIND, ...SYNC, ...BIND, ...BIND, ...SYNC]))).toEqual([12, 31])
})

test('what does not begin or end with a message has no questions that can be told apart', () => {
  for (const bytes of [[0, 0, 0, 8, 0, 0, 0, 0, ...SYNC], [...BIND, ...SYNC, 0x53, 0, 0], []])
    expect(endsOfQuestions(Buffer.from(bytes))).toEqual([])
})
