import type { RequestHandler } from 'express'
import type { Pool } from 'pg'
import { HttpError } from './errors.ts'

/** Who is signed in, and for which customer. */
export interface User {
  id: string
  tenant?: string
}

declare global {
  namespace Express {
    interface Request {
      user?: User
    }
  }
}

/** Lets nobody pass without a token, and leaves its user on the request. */
export function authenticate(pool: Pool): RequestHandler {
  return async (req, _res, next) => {
    const [, token] = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '') ?? []
    const { rows } = await pool.query<User>(
      'select user_id as id, account_id as tenant from api_token where token = $1',
      [token],
    )
    if (rows[0] === undefined) throw new HttpError(401, 'unauthorized', 'A valid token is needed.')
    req.user = rows[0]
    next()
  }
}
