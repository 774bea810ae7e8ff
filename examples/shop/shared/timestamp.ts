import { z } from 'zod'
import { Id } from './id.ts'

/** A moment on the wire: ISO 8601 with zone. Stored as `timestamptz(3)`, which is as precise as a JavaScript `Date`. */
export const Timestamp = z.iso.datetime({ offset: true })

/** What lists that show the newest first are sorted by: the moment, and the id among those of one moment. */
export const NewestFirst = z.tuple([Timestamp, Id])
export type NewestFirst = z.infer<typeof NewestFirst>
