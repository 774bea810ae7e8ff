// What handlers may do: query, fail, call, emit. A type error where the declaration does not allow it.
import { error, event, isDomainError, module, type DbHandle, type Principal, type Sql } from 'fulcrum'
import { z } from 'zod'
import {
  getProfile,
  Gone,
  listProfiles,
  NotFound,
  Renamed,
  touchProfile,
  Updated,
  updateProfile,
} from './profiles.ts'
import { moveStock, releaseStock, reserveStock, placeOrder } from './orders.ts'
import { same } from './same.ts'

interface Builder {
  selectFrom(table: 'profile'): readonly { userId: string }[]
}
declare const builder: DbHandle<Builder>

const Stranger = error('others.Stranger', { status: 400 })
const Elsewhere = event('others.Happened', z.object({}))

export const withDb = module('profiles', {
  db: builder,
  handlers: (on) => [
    on(getProfile, async ({ userId }, { db, sql }) => {
      same<typeof db, Builder>()
      same<typeof sql, Sql>()
      // @ts-expect-error not a table of this module
      db.selectFrom('order')
      const [row] = await sql<{
        userId: string
      }>`select user_id as "userId" from profiles.profile where user_id = ${userId}`
      return row ?? db.selectFrom('profile')[0] ?? { userId }
    }),
  ],
})

export const failing = module('profiles', {
  handlers: (on) => [
    on(getProfile, async ({ userId }, { fail, db }) => {
      same<typeof db, undefined>()
      if (userId === '') return fail(NotFound, { userId })
      if (userId === 'x') fail(Gone)
      // @ts-expect-error its data is missing
      fail(NotFound)
      // @ts-expect-error its data is another
      fail(NotFound, { id: userId })
      // @ts-expect-error it has no data
      fail(Gone, { userId })
      // @ts-expect-error not declared by this operation
      fail(Stranger)
      const found: { userId: string } | undefined = undefined
      return found ?? fail(NotFound, { userId })
    }),
    on(updateProfile, ({ userId }, { fail }) => {
      // @ts-expect-error declared by another operation only
      fail(Gone)
      return fail(NotFound, { userId })
    }),
    on(touchProfile, (_, { fail }) => {
      // @ts-expect-error this operation declares no errors
      fail(NotFound, { userId: '' })
    }),
  ],
})

export const calling = module('profiles', {
  handlers: (on) => [
    on(getProfile, async ({ userId }, { call }) => {
      const all = await call(listProfiles)
      same<typeof all, { userId: string; visits: number }[]>()
      const one = await call(getProfile, { userId, since: '0' })
      same<typeof one, { userId: string; visits: number }>()
      // @ts-expect-error callers give a text, the handler gets a number
      await call(getProfile, { userId, since: 0 })
      // @ts-expect-error the input is missing
      await call(getProfile)
      // @ts-expect-error a query never changes anything
      await call(updateProfile, { userId, name: '' })
      return one
    }),
  ],
})

export const inBulk = module('profiles', {
  handlers: (on) => [
    on(getProfile, ({ userId }) => ({ userId }), {
      many: async (inputs, { failure, callMany, db }) => {
        same<typeof inputs, readonly { userId: string; since?: number | undefined }[]>()
        same<typeof db, undefined>()
        const others = await callMany(getProfile, [{ userId: '', since: '0' }])
        for (const other of others) {
          if (other.ok) same<typeof other.value, { userId: string; visits: number }>()
          else if (isDomainError(other.error, NotFound)) same<typeof other.error.data, { userId: string }>()
        }
        // @ts-expect-error callers give a text, the handler gets a number
        await callMany(getProfile, [{ userId: '', since: 0 }])
        // @ts-expect-error only queries are read in bulk
        await callMany(updateProfile, [{ userId: '', name: '' }])
        // @ts-expect-error not declared by this operation
        failure(Stranger)
        return inputs.map(({ userId }) => (userId === '' ? failure(NotFound, { userId }) : { userId }))
      },
    }),
    // @ts-expect-error an answer of another type
    on(getProfile, ({ userId }) => ({ userId }), { many: (inputs) => inputs.map(() => 1) }),
    // @ts-expect-error a command has no bulk form
    on(updateProfile, ({ userId }) => ({ userId }), { many: () => [] }),
  ],
})

export const inBatches = module('profiles', {
  db: builder,
  handlers: (on) => [
    on(updateProfile, {
      many: async (inputs, { db, sql, failure, principals, emit, call }) => {
        same<typeof inputs, readonly { userId: string; name: string }[]>()
        same<typeof db, Builder>()
        same<typeof principals, readonly (Principal | undefined)[]>()
        emit(Updated, { userId: '', at: '0' })
        await sql`select 1`
        await call(getProfile, { userId: '', since: '0' })
        // @ts-expect-error not declared by this operation
        failure(Stranger)
        return inputs.map(({ userId }) => (userId === '' ? failure(NotFound, { userId }) : { userId }))
      },
    }),
    on(updateProfile, {
      many: (inputs, ctx) => {
        // @ts-expect-error there is no one caller
        void ctx.principal
        return inputs.map(({ userId }) => ({ userId }))
      },
    }),
    // @ts-expect-error an answer of another type
    on(updateProfile, { many: (inputs) => inputs.map(() => 1) }),
    // @ts-expect-error it has an output, so nothing is no answer
    on(updateProfile, { many: () => undefined }),
    on(touchProfile, { many: () => undefined }),
    on(touchProfile, { many: async () => {} }),
    // @ts-expect-error queries have a handler
    on(getProfile, { many: () => [] }),
  ],
})

export const emitting = module('profiles', {
  handlers: (on) => [
    on(updateProfile, ({ userId }, { emit, matches }) => {
      matches(7)
      emit(Updated, { userId, at: '0' })
      // @ts-expect-error whoever emits gives the text, subscribers get the number
      emit(Updated, { userId, at: 0 })
      // @ts-expect-error not declared by this command
      emit(Renamed, { name: '' })
      // @ts-expect-error not declared by this command
      emit(Elsewhere, {})
      return { userId }
    }),
    on(getProfile, ({ userId }, context) => {
      // A query has no precondition, and emits nothing.
      same<Extract<keyof typeof context, 'matches' | 'emit'>, never>()
      return { userId }
    }),
    on(Updated, ({ userId, at }) => {
      same<typeof userId, string>()
      same<typeof at, number>()
    }),
  ],
})

export const joining = module('orders', {
  handlers: (on) => [
    on(placeOrder, async ({ id }, { call }) => {
      await call(reserveStock, { id })
      await call(moveStock, { id, to: '' })
      await call(listProfiles)
      // @ts-expect-error transaction.joins does not name it
      await call(releaseStock, { id })
      // @ts-expect-error its input is another
      await call(moveStock, { id })
      return { id }
    }),
  ],
})
