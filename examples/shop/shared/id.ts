import { z } from 'zod'

/** An id on the wire: a UUID, in lower case as PostgreSQL prints it, so that equal ids are equal texts. */
export const Id = z.uuid().toLowerCase()
