import { z } from 'zod'
import type { User } from './auth.ts'

export const Ticket = z.object({ id: z.uuid(), subject: z.string(), status: z.enum(['open', 'closed']) })
type Ticket = z.infer<typeof Ticket>

export const New = z.object({ subject: z.string().min(3).max(200) })
export const Search = z.object({
  text: z.string().max(100).default(''),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

/** A pool, or a client inside a transaction. */
interface Database {
  query(text: string, values: unknown[]): Promise<{ rows: Ticket[] }>
}

/** The newest tickets of the user's account whose subject contains a text. */
export async function find(db: Database, user: User | undefined, { text, limit }: z.infer<typeof Search>) {
  const { rows } = await db.query(
    `select id, subject, status from ticket
     where account_id = $1 and subject ilike '%' || $2 || '%' order by opened_at desc limit $3`,
    [user?.tenant, text, limit],
  )
  return rows
}

export async function open(db: Database, user: User | undefined, { subject }: z.infer<typeof New>) {
  const { rows } = await db.query(
    'insert into ticket (account_id, opened_by, subject) values ($1, $2, $3) returning id, subject, status',
    [user?.tenant, user?.id, subject],
  )
  return rows[0]
}

export async function close(db: Database, user: User | undefined, id: string) {
  const { rows } = await db.query(
    `update ticket set status = 'closed' where account_id = $1 and id = $2 returning id, subject, status`,
    [user?.tenant, id],
  )
  return rows[0]
}
