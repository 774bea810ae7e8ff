import type { Tombstone } from '../../consistency/tombstone.ts'
import type { Entry } from './entry.ts'

/** What a call that was not served from the local tier has found out so far. */
export class Lookup {
  readonly key: string
  readonly tags: readonly number[]
  /** The best entry that was found: it may stand in where the contract allows. */
  candidate: Entry | undefined
  /** Changes of its tags that others told of before the origin is read. */
  acknowledged: readonly Tombstone[] = []
  /** Of what the shared cache has under the key (`SharedLookup.stamp`); `undefined` where it did not answer. */
  stamp: number | undefined = 0

  /** Over when the shared cache has what was read; `undefined` where it does not get it. */
  filling: Promise<void> | undefined

  constructor(key: string, tags: readonly number[], candidate: Entry | undefined) {
    this.key = key
    this.tags = tags
    this.candidate = candidate
  }
}
