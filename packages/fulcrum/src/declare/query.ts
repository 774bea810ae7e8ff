import type { QueryContract } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { ErrorDeclaration } from './error.ts'
import type { CheckedRoute } from './http-route.ts'
import type { Operation } from './operation.ts'
import type { Projection } from './projection.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'
import type { Tag } from './tag.ts'

/** The signature of a query: reads, never changes anything. */
export type Query<Name extends string, In, Parsed, Returned, Out, Err extends ErrorDeclaration> = Operation<
  'query',
  Name,
  In,
  Parsed,
  Returned,
  Out,
  Err,
  never,
  never
>

export interface QueryDefinition<
  I extends Schema,
  O extends Schema,
  E extends ErrorDeclaration,
  H extends string,
> {
  /** What it takes. Default: nothing. */
  readonly input?: I
  /** What it answers. Default: nothing. */
  readonly output?: O
  /** Domain errors it may raise with `fail`. */
  readonly errors?: readonly E[]
  /** `'GET /profiles/:userId'`. Path parameters are members of the input; the rest of it comes from the query string (GET) or the body (POST). */
  readonly http?: H extends CheckedRoute<H, InputOf<I>> ? H : CheckedRoute<H, InputOf<I>>
  /** Status of success. Default 200, or 204 without an output. */
  readonly status?: number
  /** The data it reads, as tags. */
  readonly reads?: (input: OutputOf<I>) => readonly Tag[]
  /**
   * The projection of its module that it reads: it waits until that has what the caller has to see, which is everything where it is strong, what the
   * session has written where that is its level, and nothing where it is eventual.
   */
  readonly projection?: Projection
  /** The version of an answer; becomes its `ETag`. */
  readonly version?: (output: OutputOf<O>) => string | number
  /** One line for people. */
  readonly summary?: string
  readonly contract?: QueryContract
}

/**
 * Declares a query, named `module.operation`. Without a contract it is strong: read on the primary, never cached.
 *
 * ```ts
 * export const getProfile = query('profiles.get', {
 *   input: z.object({ userId: z.uuid() }),
 *   output: Profile,
 *   http: 'GET /profiles/:userId',
 *   contract: { consistency: 'eventual', latency: { deadline: '250ms', expect: '5ms' } },
 * })
 * ```
 */
export function query<
  const Name extends string,
  I extends Schema = Schema<void, void>,
  O extends Schema = Schema<void, void>,
  E extends ErrorDeclaration = never,
  const H extends string = never,
>(
  name: Name,
  definition: QueryDefinition<I, O, E, H>,
): Query<Name, InputOf<I>, OutputOf<I>, InputOf<O>, OutputOf<O>, E> {
  return defineOperation('query', name, definition) as never
}
