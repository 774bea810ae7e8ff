import { Validator } from '@seriousme/openapi-schema-validator'
import { command, error, module, query } from 'fulcrum'
import { type App, createApp } from 'fulcrum/app'
import { createClient, isDomainError, isFulcrumError, isRemoteError } from 'fulcrum/client'
import { postgres } from 'fulcrum/postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freshDatabase } from '../../support/database.ts'

/** Other tests may be using the machine. */
const patient = { latency: { deadline: '10s' } } as const

const Note = z.object({ id: z.uuid(), text: z.string(), version: z.int() })
const NoteNotFound = error('notes.NoteNotFound', { status: 404, data: z.object({ id: z.uuid() }) })

const getNote = query('notes.get', {
  contract: patient,
  input: z.object({ id: z.uuid() }),
  output: Note,
  errors: [NoteNotFound],
  http: 'GET /notes/:id',
  version: ({ version }) => version,
})
const listNotes = query('notes.list', {
  contract: patient,
  input: z.object({ text: z.array(z.string()).optional(), atLeast: z.int().default(0) }),
  output: z.array(Note),
  http: 'GET /notes',
})
const addNote = command('notes.add', {
  contract: { idempotency: 'none', ...patient },
  input: z.object({ text: z.string().min(1), tags: z.array(z.string().max(3)).optional() }),
  output: Note,
  http: 'POST /notes',
  status: 201,
  version: ({ version }) => version,
})
const editNote = command('notes.edit', {
  input: z.object({ id: z.uuid(), text: z.string() }),
  output: Note,
  errors: [NoteNotFound],
  http: 'PUT /notes/:id',
  version: ({ version }) => version,
  contract: { idempotency: 'none', ...patient, transaction: { isolation: 'read committed', ifMatch: true } },
})
const removeNote = command('notes.remove', {
  contract: { idempotency: 'none', ...patient },
  input: z.object({ id: z.uuid() }),
  http: 'DELETE /notes/:id',
})
const sleep = query('notes.sleep', {
  input: z.object({ seconds: z.number() }),
  output: z.boolean(),
  http: 'GET /sleep',
  contract: { latency: { deadline: '300ms' } },
})
const inside = query('notes.inside', { output: z.int() })
const operations = { getNote, listNotes, addNote, editNote, removeNote, sleep, inside }

type Row = z.infer<typeof Note>
const notes = module('notes', {
  migrations: [
    {
      name: '0001_note',
      up: 'CREATE TABLE note (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), text text NOT NULL, version int NOT NULL DEFAULT 1)',
    },
  ],
  handlers: (on) => [
    on(getNote, async ({ id }, { sql, fail }) => {
      const [row] = await sql<Row>`SELECT id, text, version FROM notes.note WHERE id = ${id}`
      return row ?? fail(NoteNotFound, { id })
    }),
    on(listNotes, async ({ text = [], atLeast }, { sql }) => [
      ...(await sql<Row>`SELECT id, text, version FROM notes.note WHERE text = ANY(${text}) AND version >= ${atLeast} ORDER BY text`),
    ]),
    on(addNote, async ({ text }, { sql }) => {
      const [row] = await sql<Row>`INSERT INTO notes.note (text) VALUES (${text}) RETURNING id, text, version`
      return row as Row
    }),
    on(editNote, async ({ id, text }, { sql, fail, matches }) => {
      const [row] = await sql<Row>`SELECT id, text, version FROM notes.note WHERE id = ${id} FOR UPDATE`
      if (row === undefined) return fail(NoteNotFound, { id })
      matches(row.version)
      const [changed] =
        await sql<Row>`UPDATE notes.note SET text = ${text}, version = version + 1 WHERE id = ${id} RETURNING id, text, version`
      return changed as Row
    }),
    on(removeNote, async ({ id }, { sql }) => void (await sql`DELETE FROM notes.note WHERE id = ${id}`)),
    on(sleep, async ({ seconds }, { sql }) => {
      await sql`SELECT pg_sleep(${seconds})`
      return true
    }),
    on(inside, () => 1),
  ],
})

const open = new AsyncDisposableStack()
let app: App
let url: string
beforeAll(async () => {
  const database = open.use(await freshDatabase())
  app = open.use(createApp({ modules: [notes], store: postgres({ url: database.url }) }, { env: {} }))
  url = (await app.listen({ port: 0 })).url
})
afterAll(() => open.disposeAsync())

const clientOf = () => createClient({ baseUrl: url, operations })
const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
const NOBODY = 'f0000000-0000-4000-8000-00000000dead'

describe('a client of a running application', () => {
  test('creates, reads, finds and removes', async () => {
    const client = clientOf()
    const added = await client.addNote({ text: 'ünïcode & more' })
    expect(await client.getNote({ id: added.id })).toEqual(added)
    expect(await client.listNotes({ text: ['ünïcode & more', 'else'] })).toEqual([added])
    expect(await client.listNotes({ text: ['ünïcode & more'], atLeast: 2 })).toEqual([])
    expect(await client.removeNote({ id: added.id })).toBeUndefined()
    expect(isDomainError(await failureOf(client.getNote({ id: added.id })), NoteNotFound)).toBe(true)
  })

  test('gets declared errors with their data', async () => {
    const failure = await failureOf(clientOf().getNote({ id: NOBODY }))
    if (!isDomainError(failure, NoteNotFound)) throw new Error('not the declared error', { cause: failure })
    expect(failure).toMatchObject({ status: 404, code: 'notes.NoteNotFound', data: { id: NOBODY } })
    expect(failure.cause).toMatchObject({ requestId: expect.any(String) as string })
  })

  test('gets every issue of a refused input', async () => {
    const failure = await failureOf(clientOf().addNote({ text: '', tags: ['ok', 'too long'] }))
    if (!isRemoteError(failure, 'FUL-2001')) throw new Error('not a remote error', { cause: failure })
    expect(failure.problem.issues?.map(({ path }) => path)).toEqual(['text', 'tags.1'])
  })

  test('changes what it has seen, and nothing else', async () => {
    const client = clientOf()
    const { data, etag, status, source } = await client.addNote.withMeta({ text: 'first' })
    expect({ status, source }).toEqual({ status: 201, source: 'primary' })
    if (etag === undefined) throw new Error('no version')
    const edited = await client.editNote.withMeta({ id: data.id, text: 'second' }, { ifMatch: etag })
    expect(edited.data).toEqual({ id: data.id, text: 'second', version: 2 })
    expect(edited.etag).not.toBe(etag)
    const stale = await failureOf(client.editNote({ id: data.id, text: 'lost' }, { ifMatch: etag }))
    expect(isRemoteError(stale, 'FUL-2008')).toBe(true)
    const blind = await failureOf(client.editNote({ id: data.id, text: 'lost' }))
    expect(isRemoteError(blind, 'FUL-2009')).toBe(true)
    expect(await client.getNote({ id: data.id })).toMatchObject({ text: 'second' })
  })

  test('has a deadline that the server keeps', async () => {
    const failure = await failureOf(clientOf().sleep({ seconds: 20 }))
    expect(isFulcrumError(failure, 'FUL-3001')).toBe(true)
    expect((failure as Error).cause).toMatchObject({ code: 'FUL-7504', status: 504 })
  })

  test('has a deadline of its own that is shorter', async () => {
    const failure = await failureOf(clientOf().sleep({ seconds: 20 }, { deadline: '60ms' }))
    expect(isFulcrumError(failure, 'FUL-3001')).toBe(true)
  })

  test('cannot call what has no route', async () => {
    expect(await failureOf(clientOf().inside())).toMatchObject({
      code: 'FUL-7500',
      operation: 'notes.inside',
    })
  })
})

describe('the API document of a running application', () => {
  test('is valid, and describes every operation that has a route', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { readonly paths: object }
    expect(Object.keys(document.paths)).toEqual(['/notes', '/notes/{id}', '/sleep'])
    expect(await new Validator().validate(document as never)).toEqual({ valid: true })
  })

  test('lists every status that an operation answers with', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      readonly paths: Record<string, Record<string, { readonly responses: object }>>
    }
    const responses = document.paths['/notes/{id}']?.['put']?.responses ?? {}
    const id = (await clientOf().addNote({ text: 'x' })).id
    const send = async (path: string, init: RequestInit): Promise<number> =>
      (await fetch(`${url}${path}`, { method: 'PUT', ...init })).status
    const headers = { 'content-type': 'application/json', 'if-match': '"1"' }
    const body = '{"text":"y"}'
    const found = [
      await send(`/notes/${id}`, { headers, body }),
      await send(`/notes/${id}`, { headers, body }),
      await send(`/notes/${id}`, { headers: { 'content-type': 'application/json' }, body }),
      await send(`/notes/${id}`, { headers, body: '{}' }),
      await send(`/notes/${NOBODY}`, { headers, body }),
      await send(`/notes/${id}`, { headers: { ...headers, 'content-type': 'text/plain' }, body }),
      await send(`/notes/${id}`, { headers: { ...headers, accept: 'text/html' }, body }),
      await send(`/notes/${id}`, { headers: { ...headers, 'fulcrum-deadline': '0ms' }, body }),
    ]
    expect(found).toEqual([200, 412, 428, 400, 404, 415, 406, 504])
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(found.map(String)))
  })

  test('is shown as a page that runs its own style and script only', async () => {
    const response = await fetch(`${url}/docs`)
    const page = await response.text()
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(page).toContain('notes.edit')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy.match(/'sha256-/g)).toHaveLength(2)
    expect(policy).toContain("default-src 'none'")
  })
})
