/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands rejections to the error handler */
import type { AddressInfo } from 'node:net'
import express from 'express'
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

app.get('/tickets', async (req, res) => {
  res.json(await tickets.find(pool, req.user, tickets.Search.parse(req.query)))
})

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
  await pool.end()
}
process.once('SIGTERM', () => void stop())
