import type { Duration } from '../kernel/duration.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'
import { withStrays } from './stray-fields.ts'

/** A fact that a module tells others about; `Data` is what subscribers receive. */
export interface EventDeclaration<Name extends string = string, In = unknown, Data = unknown> {
  readonly kind: 'event'
  readonly name: Name
  readonly data: Schema<In, Data>
  readonly key: ((data: never) => string) | undefined
  readonly expires: Duration | undefined
}

export interface EventOptions<Data> {
  /**
   * What the event is about: the id of the order, of the customer. Subscribers are given events with one key in the order in which they were
   * committed, and go on with other keys where one is in trouble. Default: all events of this name are one sequence.
   */
  readonly key?: (data: Data) => string
  /** For how long it is of use (CloudEvents `expirytime`): what has not been delivered by then is not delivered any more. Default: forever. */
  readonly expires?: Duration
}

/**
 * Declares an event, named `module.EventInPastTense`. Commands of that module list it in `emits`, subscribers in any module bind a handler to it.
 *
 * It travels as JSON: what `emit` was given is what is kept, and is parsed with the schema for every subscriber.
 *
 * ```ts
 * export const ProfileUpdated = event('profiles.ProfileUpdated', z.object({ userId: z.uuid() }), { key: ({ userId }) => userId })
 * ```
 */
export function event<const Name extends string, S extends Schema>(
  name: Name,
  data: S,
  options: EventOptions<OutputOf<S>> = {},
): EventDeclaration<Name, InputOf<S>, OutputOf<S>> {
  const { key, expires, ...strays } = options
  return Object.freeze(withStrays({ kind: 'event' as const, name, data, key, expires }, strays))
}
