import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Book, type Booking } from './book.ts'
import { MODES, type Mode } from './modes.ts'

const Charge = z.object({
  reference: z.string().min(1),
  amount: z.int().positive(),
  currency: z.string().length(3),
})
const Refund = z.object({ reference: z.string().min(1) })
const Behaviour = z.object({ mode: z.enum(MODES) })

interface State {
  readonly book: Book
  mode: Mode
}

/**
 * A payment provider that misbehaves on demand. `POST /charges` charges; the header `X-Mode` of a request, or else the last `PUT /mode`, says
 * how it behaves; `POST /refunds` gives back; `GET /charges` lists what was charged and how often it was asked.
 */
export function createProvider(): Server {
  const state: State = { book: new Book(), mode: 'ok' }
  return createServer((request, response) => {
    answer(request, response, state).catch((error: unknown) => reply(response, 400, { error: String(error) }))
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const { book } = state
  switch (`${request.method} ${request.url}`) {
    case 'POST /charges': {
      const wanted = Charge.parse(JSON.parse(await text(request)))
      const { mode = state.mode } = Behaviour.partial().parse({ mode: request.headers['x-mode'] })
      return behave[mode](response, () => book.charge(wanted))
    }
    case 'POST /refunds':
      book.refund(Refund.parse(JSON.parse(await text(request))).reference)
      return reply(response, 200, {})
    case 'PUT /mode':
      state.mode = Behaviour.parse(JSON.parse(await text(request))).mode
      return reply(response, 200, { mode: state.mode })
    case 'GET /charges':
      return reply(response, 200, { charges: book.bookings, asked: book.asked })
    default:
      return reply(response, 404, { error: 'POST /charges, POST /refunds, GET /charges, PUT /mode' })
  }
}

const behave: Record<Mode, (response: ServerResponse, charge: () => Booking | undefined) => void> = {
  ok: (response, charge) => booked(response, charge()),
  decline: (response) => reply(response, 402, { error: 'declined' }),
  fail: (response) => reply(response, 500, { error: 'broken' }),
  'fail-after': (response, charge) => {
    charge()
    reply(response, 500, { error: 'broken' })
  },
  hang: (_response, charge) => void charge(),
  duplicate: (response, charge) => {
    charge()
    booked(response, charge())
  },
}

function booked(response: ServerResponse, booking: Booking | undefined): void {
  if (booking === undefined) reply(response, 409, { error: 'refunded' })
  else reply(response, 201, booking)
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
