export { DomainError, isDomainError, type ErrorData, type ErrorDeclaration } from '../declare/error.ts'
export { createClient } from '../http/client/client.ts'
export type { Answer, Client, Method, MethodOf } from '../http/client/client-of.ts'
export type { HeaderValues } from '../http/client/headers.ts'
export type {
  CallTerms,
  ClientOptions,
  CommandTerms,
  Fetch,
  FetchRequest,
  FetchResponse,
} from '../http/client/options.ts'
export {
  isRemoteError,
  RemoteError,
  type RemoteErrorOptions,
  type RemoteProblem,
} from '../http/client/remote-error.ts'
export { createSession, type Session } from '../http/client/session.ts'
export type { Wire } from '../http/client/wire.ts'
export type { Clock, Timer, TimerOptions } from '../kernel/clock.ts'
export type { Duration } from '../kernel/duration.ts'
export { FulcrumError, isFulcrumError } from '../kernel/errors/fulcrum-error.ts'
export type { Issue } from '../kernel/errors/row.ts'
export type { Random } from '../kernel/random.ts'
