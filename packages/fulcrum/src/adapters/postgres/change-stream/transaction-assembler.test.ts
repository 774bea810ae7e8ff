import { expect, test } from 'vitest'
import type { CommittedChanges } from '../../../ports/change-stream.ts'
import type { Message } from './pgoutput.ts'
import { Relation } from './relation.ts'
import { MOST_ROWS, TransactionAssembler } from './transaction-assembler.ts'
import { TransactionIds } from './transaction-ids.ts'

const columns = [
  { name: 'id', isIdentity: true },
  { name: 'name', isIdentity: false },
]
const person = new Relation({ schema: 'people', table: 'person' }, columns)
const pet = new Relation({ schema: 'people', table: 'pet' }, columns)
const other = new Relation({ schema: 'people', table: 'other' }, columns)

const begin: Message = { kind: 'begin', xid: 7 }
const commit: Message = { kind: 'commit', end: 4_096 }

function insert(relation: Relation, id: number): Message {
  return { kind: 'row', relation, left: undefined, reached: [String(id), null] }
}

function assemble(messages: readonly Message[]): (CommittedChanges | undefined)[] {
  const assembler = new TransactionAssembler(new TransactionIds(2 ** 32 + 8), [person, pet])
  return messages.map((message) => assembler.add(message))
}

function ids({ rows }: CommittedChanges): string[] {
  return rows.map(({ table, row }) => `${table} ${row['id']}`)
}

test('a transaction is told with its commit, rows in order', () => {
  const update: Message = { kind: 'row', relation: person, left: ['2', undefined], reached: ['3', 'Ada'] }
  const told = assemble([begin, insert(pet, 1), { kind: 'other' }, update, commit])
  expect(told.slice(0, -1).every((each) => each === undefined)).toBe(true)
  const changes = told.at(-1)!
  expect(changes.change).toEqual({ xid: 2 ** 32 + 7, lsn: 4_096 })
  expect(ids(changes)).toEqual(['pet 1', 'person 2', 'person 3'])
  expect(changes.tables).toEqual([])
})

test('tables that are not followed are left out', () => {
  const truncate: Message = { kind: 'truncate', relations: [other] }
  const [changes] = assemble([begin, insert(other, 1), truncate, commit]).slice(-1)
  expect(changes).toMatchObject({ rows: [], tables: [] })
})

test('a truncated table is told as a whole, without its rows', () => {
  const truncate: Message = { kind: 'truncate', relations: [person] }
  const [changes] = assemble([
    begin,
    insert(person, 1),
    insert(pet, 2),
    truncate,
    insert(person, 3),
    commit,
  ]).slice(-1)
  expect(ids(changes!)).toEqual(['pet 2'])
  expect(changes!.tables).toEqual([{ schema: 'people', table: 'person' }])
})

test('too many rows are told as a whole table, and the next transaction by its rows again', () => {
  const many = Array.from({ length: MOST_ROWS + 1 }, (_, index) => insert(person, index))
  const told = assemble([begin, insert(pet, 1), ...many, commit, begin, insert(person, 1), commit])
  const [large, small] = told.filter((each) => each !== undefined)
  expect(ids(large!)).toEqual(['pet 1'])
  expect(large!.tables).toEqual([{ schema: 'people', table: 'person' }])
  expect(ids(small!)).toEqual(['person 1'])
  expect(small!.tables).toEqual([])
})

test.each([
  ['a commit', [commit]],
  ['a row', [insert(person, 1)]],
  ['a truncation', [{ kind: 'truncate', relations: [person] }]],
  ['a begin inside of a transaction', [begin, begin]],
] satisfies [string, Message[]][])('%s out of place is refused', (_, messages) => {
  expect(() => assemble(messages)).toThrow('FUL-4036')
})
