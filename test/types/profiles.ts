// Signatures that the other files use: what a module's `api.ts` looks like.
import { command, error, event, query, tag } from 'fulcrum'
import { z } from 'zod'

export const profile = tag('profile', z.uuid())
export const profiles = tag('profiles')

export const NotFound = error('profiles.NotFound', { status: 404, data: z.object({ userId: z.uuid() }) })
export const Gone = error('profiles.Gone', { status: 410 })
export const Updated = event(
  'profiles.Updated',
  z.object({ userId: z.uuid(), at: z.string().transform(Number) }),
)
export const Renamed = event('profiles.Renamed', z.object({ name: z.string() }))

export const Profile = z.object({ userId: z.uuid(), visits: z.number().default(0) })

export const getProfile = query('profiles.get', {
  input: z.object({ userId: z.uuid(), since: z.string().transform(Number).optional() }),
  output: Profile,
  errors: [NotFound, Gone],
  http: 'GET /profiles/:userId',
  reads: ({ userId }) => [profile(userId)],
  version: ({ visits }) => visits,
  contract: { consistency: 'eventual', latency: { deadline: '250ms', expect: '5ms' }, because: 'ADR-0003' },
})

export const listProfiles = query('profiles.list', { output: z.array(Profile), reads: () => [profiles()] })

export const updateProfile = command('profiles.update', {
  input: z.object({ userId: z.uuid(), name: z.string() }),
  output: Profile,
  errors: [NotFound],
  emits: [Updated],
  http: 'PATCH /profiles/:userId',
  changes: ({ userId }, { visits }) => (visits > 0 ? [profile(userId), profiles()] : [profile(userId)]),
  contract: { idempotency: 'none', transaction: { isolation: 'read committed', ifMatch: 'optional' } },
})

export const touchProfile = command('profiles.touch', { input: z.object({ userId: z.uuid() }) })
