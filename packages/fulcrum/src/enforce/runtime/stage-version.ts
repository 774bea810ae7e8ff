import type { EntryVersion } from '../cache/entry-version.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { Call } from './call.ts'
import { cacheOf, type StageFactory } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/** Makes sure of the version of the operation's entries before any of them is looked up. */
export const version: StageFactory<'version'> = (_settings, next, parts) => {
  const current = cacheOf(parts).version as EntryVersion
  const onceKnown = async (known: Promise<unknown>, call: Call, input: unknown): Promise<unknown> => {
    await (call.deadline === Deadline.none ? known : untilExpiry(call.deadline, known))
    return next(call, input)
  }
  return (call, input) => {
    const asked = current.ensure()
    return asked === undefined ? next(call, input) : onceKnown(asked, call, input)
  }
}
