import type { Token } from '../../consistency/token.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Entry } from '../cache/entry.ts'

/** An answer that is looked at. */
export interface Subject {
  readonly input: unknown
  /** Of the entry; empty where there is none. */
  readonly key: string
  readonly tags: readonly number[]
  /** As much of the caller as the answer may depend on. */
  readonly principal: Principal | undefined
  /** What the caller's session had to see. */
  readonly token: Token | undefined
  /** What was served; `undefined` where a replica answered, and nothing was kept. */
  readonly entry: Entry | undefined
}
