// Routes are checked against the input while they are typed.
import { command, query, type CheckedRoute } from 'fulcrum'
import { z } from 'zod'
import { same } from './same.ts'

const Id = z.object({ id: z.uuid(), shelf: z.string() })
const Either = z.union([z.object({ id: z.uuid() }), z.object({ id: z.uuid(), name: z.string() })])

query('shop.get', { input: Id, http: 'GET /shop/:id' })
query('shop.getAt', { input: Id, http: 'GET /shop/:id/shelves/:shelf/items' })
query('shop.search', { input: Id, http: 'POST /shop/search' })
query('shop.list', { http: 'GET /' })
query('shop.any', { input: Either, http: 'GET /shop/:id' })
command('shop.put', { input: Id, http: 'PUT /shop/:id', contract: { idempotency: 'none' } })
command('shop.remove', { input: Id, http: 'DELETE /shop/:id', contract: { idempotency: 'none' } })

// @ts-expect-error not a member of the input
query('shop.get', { input: Id, http: 'GET /shop/:name' })
// @ts-expect-error one of two is not a member of the input
query('shop.get', { input: Id, http: 'GET /shop/:id/:name' })
// @ts-expect-error there is no input
query('shop.get', { http: 'GET /shop/:id' })
// @ts-expect-error no method
query('shop.get', { input: Id, http: '/shop/:id' })
// @ts-expect-error no such method
query('shop.get', { input: Id, http: 'FETCH /shop/:id' })
// @ts-expect-error no leading slash
query('shop.get', { input: Id, http: 'GET shop/:id' })

/** What the compiler says in place of a wrong route is a sentence. */
export function sentences(): void {
  same<CheckedRoute<'GET /shop/:id', { id: string }>, 'GET /shop/:id'>()
  same<
    CheckedRoute<'GET /shop/:name', { id: string }>,
    "path parameter ':name' is not a member of the input"
  >()
  same<
    CheckedRoute<'shop', { id: string }>,
    "a route is a method, a space and a path, like 'GET /profiles/:userId'"
  >()
}
