// What a client of signatures accepts, answers and refuses.
import { command, query } from 'fulcrum'
import { type Answer, createClient, isDomainError, type Wire } from 'fulcrum/client'
import { z } from 'zod'
import * as profiles from './profiles.ts'
import { same } from './same.ts'

const schedule = query('events.next', {
  output: z.object({ at: z.date(), until: z.date().optional(), tags: z.array(z.string()).readonly() }),
  http: 'GET /events/next',
})
const start = command('events.start', { http: 'POST /events', contract: { idempotency: 'none' } })

const client = createClient({
  baseUrl: 'http://localhost:4000',
  operations: { getProfile: profiles.getProfile, schedule, start, profiles },
})

export async function answers(): Promise<void> {
  same<Awaited<ReturnType<typeof client.getProfile>>, { userId: string; visits: number }>()
  same<Awaited<ReturnType<typeof client.profiles.updateProfile>>, { userId: string; visits: number }>()
  same<Awaited<ReturnType<typeof client.start>>, void>()
  const profile = await client.profiles.getProfile({ userId: 'u' })
  same<typeof profile, { userId: string; visits: number }>()
  const answer = await client.getProfile.withMeta({ userId: 'u' })
  same<typeof answer, Answer<{ userId: string; visits: number }>>()
}

/** JSON carries the answer, so a date is a text when it arrives. */
export async function carried(): Promise<void> {
  const { at, until, tags } = await client.schedule()
  same<typeof at, string>()
  same<typeof until, string | undefined>()
  same<typeof tags, readonly string[]>()
  same<
    Wire<{ a: unknown; f: () => void; n: null; s: 'x' | 1 }>,
    { a: unknown; f: never; n: null; s: 'x' | 1 }
  >()
}

export async function inputs(): Promise<void> {
  // What is given to the schema, before defaults and transforms.
  await client.getProfile({ userId: 'u', since: '2026' })
  // @ts-expect-error what comes out of the schema is not what goes in
  await client.getProfile({ userId: 'u', since: 2026 })
  // @ts-expect-error userId is missing
  await client.getProfile({})
  // @ts-expect-error the input is missing
  await client.getProfile()
  // @ts-expect-error it takes nothing
  await client.schedule({ userId: 'u' })
  // @ts-expect-error no such member
  await client.getProfile({ userId: 'u', nick: 'n' })
}

export async function terms(): Promise<void> {
  await client.schedule(undefined, { deadline: '250ms', signal: AbortSignal.abort() })
  await client.profiles.updateProfile({ userId: 'u', name: 'n' }, { ifMatch: '"7"', idempotencyKey: 'k' })
  await client.start(undefined, { idempotencyKey: 'k' })
  // @ts-expect-error a duration has a unit
  await client.schedule(undefined, { deadline: 250 })
  // @ts-expect-error a query has no precondition
  await client.getProfile({ userId: 'u' }, { ifMatch: '"7"' })
  // @ts-expect-error a query has no idempotency key
  await client.getProfile({ userId: 'u' }, { idempotencyKey: 'k' })
}

export async function errors(): Promise<string> {
  try {
    return (await client.getProfile({ userId: 'u' })).userId
  } catch (error) {
    if (isDomainError(error, profiles.NotFound)) {
      same<typeof error.data, { userId: string }>()
      return error.data.userId
    }
    if (isDomainError(error, profiles.Gone)) {
      same<typeof error.code, 'profiles.Gone'>()
    }
    throw error
  }
}

/** Of a module's exports, only queries and commands are there. */
export function members(): void {
  same<keyof typeof client.profiles, 'getProfile' | 'listProfiles' | 'updateProfile' | 'touchProfile'>()
  same<keyof typeof client, 'getProfile' | 'schedule' | 'start' | 'profiles'>()
  // @ts-expect-error an error declaration
  void client.profiles.NotFound
  const flat = createClient({ baseUrl: '', operations: profiles })
  same<keyof typeof flat, 'getProfile' | 'listProfiles' | 'updateProfile' | 'touchProfile'>()
  // @ts-expect-error methods cannot be replaced
  client.getProfile = flat.getProfile
}
