import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { freshDatabase, replayed } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'

describe('freshDatabase', () => {
  test('gives a database that the replica has too', async () => {
    await using database = await freshDatabase()
    const primary = new pg.Client(database.url)
    const replica = new pg.Client(database.replicaUrl)
    await primary.connect()
    await replica.connect()
    await primary.query('CREATE TABLE seen (id int)')
    await primary.query('INSERT INTO seen VALUES (1)')
    await replayed(primary, database.replicaUrl)
    const { rows } = await replica.query('SELECT id, pg_is_in_recovery() AS replica FROM seen')
    await primary.end()
    await replica.end()
    expect(rows).toEqual([{ id: 1, replica: true }])
  })

  test('drops the database and names the connections that were left open', async () => {
    const database = await freshDatabase()
    const left = new pg.Client({ connectionString: database.url, application_name: 'forgotten' })
    left.on('error', () => {})
    await left.connect()
    await expect(database[Symbol.asyncDispose]()).rejects.toThrow(/forgotten/)
    const late = new pg.Client(database.url)
    await expect(late.connect()).rejects.toMatchObject({ code: '3D000' })
    await left.end()
  })
})

describe('waitFor', () => {
  test('gives up at its deadline, with the last error as the cause', async () => {
    const cause = new Error('not yet')
    const failing = (): never => {
      throw cause
    }
    await expect(waitFor(failing, { deadline: 30, what: 'the sun' })).rejects.toMatchObject({
      message: 'not within 30 ms: the sun',
      cause,
    })
  })
})
