import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Generated, Selectable } from 'kysely'
import { newestFirstKey, olderThan } from '../../shared/newest-first.ts'
import { page } from '../../shared/page.ts'
import { findCustomer } from '../customers/api.ts'
import { fanOut, getTimeline, publishPost, UnknownAuthor, UserNotFound, type Post } from './api.ts'

interface SocialTables {
  post: { id: string; author_id: string; text: string; created_at: Generated<Date> }
  follow: { follower_id: string; author_id: string }
  timeline: { user_id: string; created_at: Date; id: string }
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
        await ctx.enqueue(fanOut, { postId: row.id })
        return toPost(row)
      },
      { calls: [findCustomer] },
    ),

    on(fanOut, async ({ postId }, { db }) => {
      const followers = db
        .selectFrom('post')
        .innerJoin('follow', 'follow.author_id', 'post.author_id')
        .select(['follower_id', 'created_at', 'post.id'])
        .where('post.id', '=', postId)
      await db
        .insertInto('timeline')
        .columns(['user_id', 'created_at', 'id'])
        .expression(followers)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }),

    on(
      getTimeline,
      async ({ userId, limit, after }, { db, call, fail }) => {
        let shown = db
          .selectFrom('timeline')
          .select(['created_at', 'id'])
          .where('user_id', '=', userId)
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1)
        if (after !== undefined) shown = shown.where(olderThan(after))
        const rows = await db
          .selectFrom(shown.as('shown'))
          .innerJoin('post', 'post.id', 'shown.id')
          .selectAll('post')
          .orderBy('post.created_at', 'desc')
          .orderBy('post.id', 'desc')
          .execute()
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
