import { command, error, job, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { pageOf, paging } from '../../shared/page.ts'
import { text } from '../../shared/text.ts'
import { NewestFirst, Timestamp } from '../../shared/timestamp.ts'

export const posts = tag('posts')

const Post = z.object({ id: Id, authorId: Id, text: z.string(), createdAt: Timestamp })
export type Post = z.infer<typeof Post>

export const UnknownAuthor = error('social.UnknownAuthor', { status: 422, data: z.object({ authorId: Id }) })
export const UserNotFound = error('social.UserNotFound', { status: 404, data: z.object({ userId: Id }) })

export const publishPost = command('social.post', {
  summary: 'Publish a post; a moment later it shows in the timelines of those who follow its author',
  input: z.object({ authorId: Id, text: text(1_000).min(1) }),
  output: Post,
  errors: [UnknownAuthor],
  http: 'POST /posts',
  status: 201,
  changes: () => [posts()],
  contract: {
    idempotency: { key: 'header' },
    transaction: { isolation: 'read committed' },
    latency: { deadline: '1s' },
    data: { class: 'public' },
    because: 'ADR-0012',
  },
})

/** Puts a post into the timelines of those who follow its author. */
export const fanOut = job('social.fanOut', {
  summary: 'Show a post to those who follow its author',
  input: z.object({ postId: Id }),
  contract: {
    transaction: { isolation: 'read committed' },
    latency: { deadline: '1m' },
    delivery: { attempts: 10, backoff: '5s', concurrency: 4 },
    because: 'ADR-0012',
  },
})

export const getTimeline = query('social.timeline', {
  summary: 'Posts of the authors that a user follows, newest first',
  input: z.object({ userId: Id, ...paging(NewestFirst) }),
  output: pageOf(Post),
  errors: [UserNotFound],
  http: 'GET /timelines/:userId',
  reads: () => [posts()],
  contract: {
    consistency: 'eventual',
    latency: { deadline: '500ms' },
    data: { class: 'personal' },
    slo: { availability: 99.5, latency: { under: '250ms', target: 99 } },
    because: ['ADR-0003', 'ADR-0012'],
  },
})
