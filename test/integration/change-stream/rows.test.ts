import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { Observer } from '../postgres/harness.ts'
import { TestStream } from './harness.ts'

let database: FreshDatabase
let observer: Observer
let stream: TestStream

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.rows(
    'CREATE SCHEMA people; CREATE TABLE people.person (id int PRIMARY KEY, name text, age int)',
  )
  stream = await TestStream.start({ url: database.url }, [{ schema: 'people', table: 'person' }])
})

afterAll(async () => {
  await stream[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

beforeEach(async () => {
  await observer.rows('DELETE FROM people.person')
  await stream.rows()
})

describe('rows', () => {
  test('of inserts are told whole', async () => {
    await observer.rows("INSERT INTO people.person VALUES (1, 'Ada', 36), (2, NULL, 0)")
    expect(await stream.rows()).toEqual([
      'person {"id":"1","name":"Ada","age":"36"}',
      'person {"id":"2","name":null,"age":"0"}',
    ])
  })
})
