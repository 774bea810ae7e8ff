import type { InputOf, OutputOf, Schema } from './schema.ts'

/** A fact that a module tells others about; `Data` is what subscribers receive. */
export interface EventDeclaration<Name extends string = string, In = unknown, Data = unknown> {
  readonly kind: 'event'
  readonly name: Name
  readonly data: Schema<In, Data>
}

/**
 * Declares an event, named `module.EventInPastTense`. Commands list it in `emits`, subscribers bind a handler to it.
 *
 * ```ts
 * export const ProfileUpdated = event('profiles.ProfileUpdated', z.object({ userId: z.uuid() }))
 * ```
 */
export function event<const Name extends string, S extends Schema>(
  name: Name,
  data: S,
): EventDeclaration<Name, InputOf<S>, OutputOf<S>> {
  return Object.freeze({ kind: 'event', name, data })
}
