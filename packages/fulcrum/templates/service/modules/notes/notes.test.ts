import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createApp } from 'fulcrum/app'
import { embedded } from 'fulcrum/embedded'
import config from '../../fulcrum.config.ts'
import { addNote, getNote, NoteNotFound } from './api.ts'
import { isDomainError } from 'fulcrum'

// The real application on a real PostgreSQL, in a database of its own.
const app = createApp({ ...config, store: embedded({ database: 'test', replicas: 0 }) })
before(() => app.start())
after(() => app.close())

test('a note that was written can be read', async () => {
  const written = await app.call(addNote, { text: 'Buy milk' }, { idempotencyKey: crypto.randomUUID() })
  assert.deepEqual(await app.call(getNote, { id: written.id }), written)
})

test('a note that is sent twice is written once', async () => {
  const terms = { idempotencyKey: crypto.randomUUID() }
  const written = await app.call(addNote, { text: 'Buy bread' }, terms)
  assert.deepEqual(await app.call(addNote, { text: 'Buy bread' }, terms), written)
})

test('a note that was never written is not found', async () => {
  const id = '00000000-0000-4000-8000-000000000000'
  await assert.rejects(app.call(getNote, { id }), (error) => isDomainError(error, NoteNotFound))
})
