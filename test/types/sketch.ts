import { command, error, event, module, query, tag } from 'fulcrum'
import { z } from 'zod'

const profile = tag('profile', z.uuid())
const NotFound = error('profiles.NotFound', { status: 404, data: z.object({ userId: z.uuid() }) })
const Gone = error('profiles.Gone', { status: 410 })
const Updated = event('profiles.Updated', z.object({ userId: z.uuid() }))
const Profile = z.object({ userId: z.uuid(), n: z.number().default(1) })
const get = query('profiles.get', {
  input: z.object({ userId: z.uuid() }),
  output: Profile,
  errors: [NotFound, Gone],
  http: 'GET /profiles/:userId',
  reads: ({ userId }) => [profile(userId)],
  contract: { consistency: 'eventual', latency: { deadline: '250ms' }, because: 'ADR-0003' },
})
const reserve = command('inventory.reserve', { input: z.object({ id: z.string() }) })
const other = command('inventory.other', { input: z.object({ id: z.string() }) })
const update = command('profiles.update', {
  input: z.object({ userId: z.uuid() }),
  output: Profile,
  errors: [NotFound],
  emits: [Updated],
  http: 'PATCH /profiles/:userId',
  changes: ({ userId }, out) => [profile(userId), profile(out.userId)],
  contract: { transaction: { isolation: 'read committed', joins: [reserve] } },
})
const list = query('profiles.list', { output: z.array(Profile), http: 'GET /profiles' })
export default module('profiles', {
  handlers: (on) => [
    on(get, async ({ userId }, { fail, call, sql }) => {
      if (userId === '') return fail(NotFound, { userId })
      if (userId === 'x') return fail(Gone)
      const all = await call(list)
      const [row] = await sql<{ userId: string }>`select 1`
      // @ts-expect-error a query may not call a command
      await call(update, { userId })
      // @ts-expect-error undeclared error
      fail(error('x.Y', { status: 400 }))
      return row ?? all[0] ?? { userId }
    }),
    on(update, async ({ userId }, { emit, call }) => {
      emit(Updated, { userId })
      await call(reserve, { id: '1' })
      // @ts-expect-error not joined
      await call(other, { id: '1' })
      // @ts-expect-error wrong input
      await call(reserve, { id: 1 })
      return { userId }
    }),
    on(list, () => []),
    // @ts-expect-error wrong output
    on(list, () => [{ a: 1 }]),
    on(Updated, async (e) => void e.userId),
  ],
})
query('a.b', {
  input: z.object({ id: z.string() }),
  // @ts-expect-error path parameter
  http: 'GET /a/:uid',
})
query('a.c', {
  // @ts-expect-error path parameter without input
  http: 'GET /a/:uid',
})
