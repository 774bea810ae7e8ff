import type { ErrorRequestHandler } from 'express'
import { ZodError } from 'zod'

/** An error that callers are meant to see. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Every error of this API has the same form: `{ "error": { "code", "message" } }`. */
export const answerErrors: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) return next(error)
  const { status, code, message } = describe(error)
  if (status >= 500) console.error(`${status} ${code} ${(error as Error).message}`)
  res.status(status).json({ error: { code, message: status < 500 ? message : 'Please try again later.' } })
}

function describe(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof ZodError)
    return { status: 400, code: 'invalid', message: error.issues[0]?.message ?? '' }
  const { status = 500, code = 'internal', message = '' } = error as Partial<HttpError>
  return { status, code, message }
}
