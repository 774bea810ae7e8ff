import type { EntryVersion } from '../cache/entry-version.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { cacheOf, type StageFactory } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/** Makes sure of the version of the operation's entries before any of them is looked up. */
export const version: StageFactory<'version'> = (_settings, next, parts) => {
  const current = cacheOf(parts).version as EntryVersion
  return (call, input) => {
    const asked = current.ensure()
    if (asked === undefined) return next(call, input)
    const known = call.deadline === Deadline.none ? asked : untilExpiry(call.deadline, asked)
    return known.then(() => next(call, input))
  }
}
