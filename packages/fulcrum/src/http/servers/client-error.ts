import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { PROBLEM_MEDIA_TYPE, toProblem } from '../../kernel/errors/problem.ts'
import { callsInFlight } from './calls-in-flight.ts'

/** Answers what is no HTTP, on the bare socket: there is neither a request nor a response to go with it. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  // Behind a request in flight the answer would be taken for that request's.
  if (!socket.writable || error.code === 'ECONNRESET' || callsInFlight(socket).count > 0) {
    socket.destroy()
    return
  }
  socket.end(render(problemOf(error.code)))
}

function problemOf(code: string | undefined): FulcrumError {
  if (code === 'HPE_HEADER_OVERFLOW') return fulcrumError('FUL-2011', {})
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return fulcrumError('FUL-2012', {})
  return fulcrumError('FUL-2007', { part: 'message', reason: 'it is not HTTP/1.1' })
}

function render(error: FulcrumError): string {
  const body = JSON.stringify(toProblem(error))
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
