import type { CommandContract, StepsTerms, TransactionTerms } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { ErrorDeclaration } from './error.ts'
import type { EventDeclaration } from './event.ts'
import type { CheckedRoute } from './http-route.ts'
import type { CommandSignature, Operation } from './operation.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'
import type { Tag } from './tag.ts'

/** The signature of a command: changes data, in one transaction, or in steps. */
export type Command<
  Name extends string,
  In,
  Parsed,
  Returned,
  Out,
  Err extends ErrorDeclaration,
  Emits extends EventDeclaration,
  Joins extends string,
> = Operation<'command', Name, In, Parsed, Returned, Out, Err, Emits, Joins>

type JoiningContract<J extends CommandSignature, S extends StepsTerms> = Omit<
  CommandContract,
  'transaction' | 'steps'
> & {
  readonly transaction?: Omit<TransactionTerms, 'joins'> & { readonly joins?: readonly J[] }
  readonly steps?: S
}

/** In place of the names of joined commands: the command is a run of steps, and its handler gets a `StepsContext`. A type-level mark. */
export type Stepwise = '(steps)'

type JoinsOf<J extends CommandSignature, S extends StepsTerms> = [S] extends [never]
  ? J['name']
  : IsUnsaid<S> extends true
    ? J['name']
    : Stepwise

/** Of a contract whose type does not say whether it has steps. */
type IsUnsaid<S> = (<T>() => T extends S ? 1 : 2) extends <T>() => T extends StepsTerms ? 1 : 2 ? true : false

export interface CommandDefinition<
  I extends Schema,
  O extends Schema,
  E extends ErrorDeclaration,
  H extends string,
  Ev extends EventDeclaration,
  J extends CommandSignature,
  S extends StepsTerms = never,
> {
  /** What it takes. Default: nothing. */
  readonly input?: I
  /** What it answers. Default: nothing. */
  readonly output?: O
  /** Domain errors it may raise with `fail`; raising one rolls back. */
  readonly errors?: readonly E[]
  /** Events it may `emit`. */
  readonly emits?: readonly Ev[]
  /** `'PATCH /profiles/:userId'`. Path parameters are members of the input, the rest of it is the body. */
  readonly http?: H extends CheckedRoute<H, InputOf<I>> ? H : CheckedRoute<H, InputOf<I>>
  /** Status of success. Default 200, or 204 without an output. */
  readonly status?: number
  /** The data it changes, as tags. */
  readonly changes?: (input: OutputOf<I>, output: OutputOf<O>) => readonly Tag[]
  /** The version of an answer; becomes its `ETag`. */
  readonly version?: (output: OutputOf<O>) => string | number
  /** One line for people. */
  readonly summary?: string
  readonly contract?: JoiningContract<J, S>
}

/**
 * Declares a command, named `module.operation`. Without a contract it is one serializable transaction on the primary, retried on
 * serialization failures within its deadline.
 *
 * ```ts
 * export const placeOrder = command('orders.place', {
 *   input: PlaceOrder, output: Order, errors: [OutOfStock], http: 'POST /orders', status: 201,
 *   contract: { transaction: { isolation: 'serializable', joins: [reserveStock] } },
 * })
 * ```
 */
export function command<
  const Name extends string,
  I extends Schema = Schema<void, void>,
  O extends Schema = Schema<void, void>,
  E extends ErrorDeclaration = never,
  const H extends string = never,
  Ev extends EventDeclaration = never,
  J extends CommandSignature = never,
  S extends StepsTerms = never,
>(
  name: Name,
  definition: CommandDefinition<I, O, E, H, Ev, J, S>,
): Command<Name, InputOf<I>, OutputOf<I>, InputOf<O>, OutputOf<O>, E, Ev, JoinsOf<J, S>> {
  return defineOperation('command', name, definition) as never
}
