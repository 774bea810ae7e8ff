import type { HttpMethod } from '../../declare/http-route.ts'

/** Where the members of an input travel that the path does not name: DELETE has no body that anybody agrees on (RFC 9110, 9.3.5). */
export function inputPlace(method: HttpMethod): 'query' | 'body' {
  return method === 'GET' || method === 'DELETE' ? 'query' : 'body'
}
