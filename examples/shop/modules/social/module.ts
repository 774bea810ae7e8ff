import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Generated, Selectable } from 'kysely'
import { newestFirstKey, olderThan } from '../../shared/newest-first.ts'
import { page } from '../../shared/page.ts'
import { findCustomer } from '../customers/api.ts'
import { getTimeline, publishPost, UnknownAuthor, UserNotFound, type Post } from './api.ts'

interface SocialTables {
  post: { id: string; author_id: string; text: string; created_at: Generated<Date> }
  follow: { follower_id: string; author_id: string }
}

export default module('social', {
  db: kysely<SocialTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(
      publishPost,
      async ({ authorId, text }, ctx) => {
        const author = await ctx.call(findCustomer, { id: authorId })
        if (author === null) return ctx.fail(UnknownAuthor, { authorId })
        const row = await ctx.db
          .insertInto('post')
          .values({ id: ctx.uuid(), author_id: authorId, text })
          .returningAll()
          .executeTakeFirstOrThrow()
        return toPost(row)
      },
      { calls: [findCustomer] },
    ),

    on(
      getTimeline,
      async ({ userId, limit, after }, { db, call, fail }) => {
        const followed = db.selectFrom('follow').select('author_id').where('follower_id', '=', userId)
        let select = db
          .selectFrom('post')
          .selectAll()
          .where('author_id', 'in', followed)
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1)
        if (after !== undefined) select = select.where(olderThan(after))
        const rows = await select.execute()
        if (rows.length === 0 && (await call(findCustomer, { id: userId })) === null) {
          return fail(UserNotFound, { userId })
        }
        return page(rows, limit, { item: toPost, key: newestFirstKey })
      },
      { calls: [findCustomer] },
    ),
  ],
})

function toPost({ id, author_id, text, created_at }: Selectable<SocialTables['post']>): Post {
  return { id, authorId: author_id, text, createdAt: created_at.toISOString() }
}
