/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands rejections to the error handler */
import type { AddressInfo } from 'node:net'
import express from 'express'
import { module, query, type PrincipalResolver } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { toNodeHandler } from 'fulcrum/http'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { z } from 'zod'
import { authenticate } from './auth.ts'
import { answerErrors, HttpError } from './errors.ts'
import { migrate } from './migrate.ts'
import * as tickets from './tickets.ts'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 5 })
await migrate(pool)

const app = express()
app.get('/health', (_req, res) => {
  res.json({ ok: true })
})
app.use(authenticate(pool), express.json())

const search = query('tickets.search', {
  input: tickets.Search,
  output: z.array(tickets.Ticket),
  http: 'GET /tickets',
  contract: { latency: { deadline: '500ms' } },
})
const adopted = module('tickets', {
  handlers: (on) => [on(search, (input, { sql, principal }) => tickets.find(sql, principal, input))],
})
const principal: PrincipalResolver = ({ raw }) => (raw as express.Request).user
const fulcrum = await createApp({ modules: [adopted], store: postgres({ pool }), principal }).start()
app.use(toNodeHandler(fulcrum, { onError: 'next' }))

app.post('/tickets', async (req, res) => {
  res.status(201).json(await tickets.open(pool, req.user, tickets.New.parse(req.body)))
})

app.post('/tickets/:id/close', async (req, res) => {
  const ticket = await tickets.close(pool, req.user, z.uuid().parse(req.params.id))
  if (ticket === undefined) throw new HttpError(404, 'not_found', 'There is no such ticket.')
  res.json(ticket)
})

app.use((req) => {
  throw new HttpError(404, 'not_found', `There is no ${req.method} ${req.path}.`)
})
app.use(answerErrors)

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})

async function stop(): Promise<void> {
  await new Promise((resolve) => server.close(resolve))
  await fulcrum.close()
  await pool.end()
}
process.once('SIGTERM', () => void stop())
