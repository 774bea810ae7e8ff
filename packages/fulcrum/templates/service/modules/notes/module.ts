import { module } from 'fulcrum'
import { addNote, getNote, listNotes, type Note, NoteNotFound } from './api.ts'

interface Row {
  readonly id: string
  readonly text: string
  readonly written_at: Date
}

export default module('notes', {
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(getNote, async ({ id }, { sql, fail }) => {
      const [row] = await sql<Row>`select * from notes.note where id = ${id}`
      return row === undefined ? fail(NoteNotFound, { id }) : toNote(row)
    }),

    on(listNotes, async ({ limit }, { sql }) => {
      const rows = await sql<Row>`select * from notes.note order by written_at desc limit ${limit}`
      return { items: rows.map(toNote) }
    }),

    on(addNote, async ({ text }, { sql }) => {
      const [row] = await sql<Row>`insert into notes.note (text) values (${text}) returning *`
      return toNote(row as Row)
    }),
  ],
})

function toNote({ id, text, written_at }: Row): Note {
  return { id, text, writtenAt: written_at.toISOString() }
}
