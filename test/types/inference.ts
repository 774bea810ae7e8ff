// What is inferred from a signature: what callers pass, what the handler gets, what it returns, what callers get.
import { type Handler, type InputOf, module, type OutputOf, type Tag } from 'fulcrum'
import { getProfile, listProfiles, profile, profiles, type touchProfile, updateProfile } from './profiles.ts'
import { same } from './same.ts'

type Input<T> = T extends { readonly input: infer S | undefined } ? S : never
type Arguments<T> = T extends (...args: infer A) => unknown ? A : never

interface Given {
  userId: string
  since?: string | undefined
}
interface Parsed {
  userId: string
  since?: number | undefined
}

export function signatures(): void {
  same<typeof getProfile.kind, 'query'>()
  same<typeof getProfile.name, 'profiles.get'>()
  same<typeof updateProfile.kind, 'command'>()
}

/** A schema has two sides: what is given to it and what comes out of it. */
export function bothSides(given: InputOf<NonNullable<typeof getProfile.input>>): void {
  same<typeof given, Given>()
  same<OutputOf<NonNullable<typeof getProfile.input>>, Parsed>()
  same<InputOf<NonNullable<typeof getProfile.output>>, { userId: string; visits?: number | undefined }>()
  same<OutputOf<NonNullable<typeof getProfile.output>>, { userId: string; visits: number }>()
  same<Input<typeof listProfiles>, NonNullable<typeof listProfiles.input>>()
}

/** The handler gets what was parsed and returns what the output takes, at once or later. */
export function handlers(): void {
  same<Arguments<Handler<typeof getProfile, undefined>>[0], Parsed>()
  const sync: Handler<typeof getProfile, undefined> = ({ userId }) => ({ userId })
  const later: Handler<typeof getProfile, undefined> = async ({ userId }) => ({ userId, visits: 1 })
  const nothing: Handler<typeof touchProfile, undefined> = () => {}
  // @ts-expect-error the output has a userId
  const incomplete: Handler<typeof getProfile, undefined> = () => ({ visits: 1 })
  // @ts-expect-error the output is not optional
  const silent: Handler<typeof getProfile, undefined> = () => {}
  // @ts-expect-error visits is a number
  const wrong: Handler<typeof getProfile, undefined> = async ({ userId }) => ({ userId, visits: '1' })
  void [sync, later, nothing, incomplete, silent, wrong]
}

export const bound = module('profiles', {
  handlers: (on) => [
    on(getProfile, (input) => {
      same<typeof input, Parsed>()
      return { userId: input.userId }
    }),
    on(listProfiles, (input) => {
      same<typeof input, void>()
      return []
    }),
    // @ts-expect-error a list is expected
    on(listProfiles, () => ({ userId: '' })),
    // @ts-expect-error the input has no such member
    on(updateProfile, (input: { nick: string }) => ({ userId: input.nick })),
  ],
})

export function tags(): readonly Tag[] {
  // @ts-expect-error a profile is identified by a text
  profile(1)
  // @ts-expect-error one argument
  profile('a', 'b')
  // @ts-expect-error a collection has no arguments
  profiles('a')
  return [profile('a'), profiles()]
}
