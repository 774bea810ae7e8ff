import type { CallArguments } from '../../declare/context.ts'
import type { CommandSignature, Operation, QuerySignature } from '../../declare/operation.ts'
import type { CallTerms, CommandTerms } from './options.ts'
import type { Wire } from './wire.ts'

/** What an operation answered, with what HTTP said about it. */
export interface Answer<Data> {
  readonly data: Data
  readonly status: number
  /** The version of the answer, for `ifMatch`; where the operation declares one. */
  readonly etag: string | undefined
  /** What served it: `primary`, `replica`. */
  readonly source: string | undefined
  /** Finds the call in the server's log. */
  readonly requestId: string | undefined
}

/** Calls one operation. Rejects with `DomainError` for an error that its signature declares, otherwise with a `FulcrumError`. */
export interface Method<In, Out, Terms> {
  (...args: CallArguments<In, [terms?: Terms]>): Promise<Out>
  /** The same call, with the version of the answer, what served it and the request's id. */
  withMeta(...args: CallArguments<In, [terms?: Terms]>): Promise<Answer<Out>>
}

/** The method that a signature becomes. */
export type MethodOf<Signature> =
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  Signature extends Operation<infer Kind, string, infer In, any, any, infer Out, any, any, any>
    ? Method<In, Wire<Out>, Kind extends 'command' ? CommandTerms : CallTerms>
    : never

/** Whether a member is a query or a command. What is `any` (members of some schemas are) is none. */
type IsCallable<Member> = 0 extends 1 & Member
  ? false
  : Member extends QuerySignature | CommandSignature
    ? true
    : false

/** Names of those members that are queries or commands. */
type CallableIn<Exports> = {
  [Name in keyof Exports]-?: IsCallable<Exports[Name]> extends true ? Name : never
}[keyof Exports]

/** A method for each query and command, and for each module an object of its methods. */
export type Client<Operations> = {
  readonly [
    Name in keyof Operations as IsCallable<Operations[Name]> extends true
      ? Name
      : [CallableIn<Operations[Name]>] extends [never]
        ? never
        : Name
  ]: IsCallable<Operations[Name]> extends true
    ? MethodOf<Operations[Name]>
    : { readonly [Inner in CallableIn<Operations[Name]>]: MethodOf<Operations[Name][Inner]> }
}
