import { command, error, query, tag } from 'fulcrum'
import { z } from 'zod'

// Signatures: what there is, what it takes and answers, and what it promises. Other modules and browsers may import this file.

const Id = z.uuid()
export const note = tag('note', Id)
export const notes = tag('notes')

export const Note = z.object({ id: Id, text: z.string(), writtenAt: z.iso.datetime() })
export type Note = z.infer<typeof Note>

export const NoteNotFound = error('notes.NotFound', { status: 404, data: z.object({ id: Id }) })

export const getNote = query('notes.get', {
  summary: 'A note',
  input: z.object({ id: Id }),
  output: Note,
  errors: [NoteNotFound],
  http: 'GET /notes/:id',
  reads: ({ id }) => [note(id)],
  // Nothing declared: the safe defaults. It reads the primary, so that it sees every note.
})

export const listNotes = query('notes.list', {
  summary: 'The newest notes',
  input: z.object({ limit: z.int().min(1).max(100).default(20) }),
  output: z.object({ items: z.array(Note) }),
  http: 'GET /notes',
  reads: () => [notes()],
  // May miss the newest note for a moment, and in return can be answered by a replica.
  contract: { consistency: 'eventual', latency: { deadline: '250ms', expect: '5ms' } },
})

export const addNote = command('notes.add', {
  summary: 'Write a note',
  input: z.object({ text: z.string().min(1).max(1_000) }),
  output: Note,
  http: 'POST /notes',
  status: 201,
  changes: (_, { id }) => [note(id), notes()],
  contract: { idempotency: { key: 'header' }, transaction: { isolation: 'read committed' } },
})
