import type { Lsn } from './label.ts'
import type { Token } from './token.ts'

/** What the session level of an operation demands of a read. */
export type SessionNeed = 'none' | 'read-your-writes' | 'monotonic' | 'causal'

/** What a read has to contain: everything acknowledged at or before `lsn`, and everything that a replica has shown at `rx`. */
export interface Need {
  readonly lsn: Lsn
  readonly rx: number
}

export const NO_NEED: Need = Object.freeze({ lsn: 0, rx: 0 })

/** What a session has to see of these tags. */
export function needOf(token: Token, tags: readonly number[], level: SessionNeed): Need {
  switch (level) {
    case 'none':
      return NO_NEED
    case 'read-your-writes':
      return { lsn: ownWrites(token, tags), rx: 0 }
    case 'monotonic':
      return { lsn: Math.max(ownWrites(token, tags), seen(token, tags)), rx: shownByReplicas(token, tags) }
    case 'causal':
      return everything(token)
  }
}

function ownWrites(token: Token, tags: readonly number[]): Lsn {
  return Math.max(token.floor, greatest(token, tags, 'wrote'))
}

function seen(token: Token, tags: readonly number[]): Lsn {
  return Math.max(token.sawFloor, greatest(token, tags, 'saw'))
}

function shownByReplicas(token: Token, tags: readonly number[]): number {
  return Math.max(token.rxFloor, greatest(token, tags, 'rx'))
}

function greatest(token: Token, tags: readonly number[], part: 'wrote' | 'saw' | 'rx'): number {
  let most = 0
  for (const tag of tags) most = Math.max(most, token.tags.get(tag)?.[part] ?? 0)
  return most
}

function everything({ w, floor, sawFloor, rxFloor, tags }: Token): Need {
  let lsn = Math.max(w, floor, sawFloor)
  let rx = rxFloor
  for (const touched of tags.values()) {
    lsn = Math.max(lsn, touched.wrote, touched.saw)
    rx = Math.max(rx, touched.rx)
  }
  return { lsn, rx }
}
