import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { readPage, runPages } from './markdown.ts'
import { runPage } from './page.ts'

const NO_DATABASE = '<!-- no database -->'

const isAlone = (path: string): boolean => readPage(path).includes(NO_DATABASE)
const alone = runPages().filter(isAlone)
const onDatabase = runPages().filter((path) => !isAlone(path))

test.each(onDatabase)('%s works as it says', { timeout: 240_000 }, async (path) => {
  await using database = await freshDatabase()
  const env = { DATABASE_URL: database.url, DATABASE_REPLICA_URLS: database.replicaUrl }
  await expect(runPage(readPage(path), { env })).resolves.toBeUndefined()
})

test.each(alone)('%s works as it says, without a database', { timeout: 240_000 }, async (path) => {
  const env = { DATABASE_URL: undefined, DATABASE_REPLICA_URLS: undefined }
  await expect(runPage(readPage(path), { env })).resolves.toBeUndefined()
})
