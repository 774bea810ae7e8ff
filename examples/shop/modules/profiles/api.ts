import { command, error, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { text } from '../../shared/text.ts'
import { Timestamp } from '../../shared/timestamp.ts'

export const profile = tag('profile', Id)

export const Profile = z.object({
  userId: Id,
  displayName: z.string(),
  bio: z.string(),
  version: z.int(),
  updatedAt: Timestamp,
})
export type Profile = z.infer<typeof Profile>

export const ProfileNotFound = error('profiles.NotFound', { status: 404, data: z.object({ userId: Id }) })

export const getProfile = query('profiles.get', {
  summary: 'The profile of a user',
  input: z.object({ userId: Id }),
  output: Profile,
  errors: [ProfileNotFound],
  http: 'GET /profiles/:userId',
  reads: ({ userId }) => [profile(userId)],
  version: ({ version }) => version,
  contract: {
    consistency: { staleness: '30s', session: 'read-your-writes' },
    // Everybody sees the same profile, whoever asks.
    cache: { strategy: 'aside', ttl: '30s', invalidation: 'log', scope: 'public' },
    latency: { deadline: '250ms', expect: '5ms' },
    data: { class: 'personal' },
    slo: { availability: 99.95, latency: { under: '100ms', target: 99 } },
    because: 'ADR-0009',
  },
})

export const updateProfile = command('profiles.update', {
  summary: 'Change what a profile says; what is left out stays as it is',
  input: z
    .object({ userId: Id, displayName: text(100).min(1).optional(), bio: text(2_000).optional() })
    .refine(({ displayName, bio }) => displayName !== undefined || bio !== undefined, 'nothing to change'),
  output: Profile,
  errors: [ProfileNotFound],
  http: 'PATCH /profiles/:userId',
  changes: ({ userId }) => [profile(userId)],
  version: ({ version }) => version,
  contract: {
    idempotency: { key: 'header' },
    transaction: { isolation: 'read committed', ifMatch: 'optional' },
    latency: { deadline: '1s' },
    data: { class: 'personal' },
    because: 'ADR-0006',
  },
})
