/** What a session knows of, per item; 0: nothing. */
export class Knowledge {
  readonly wrote: Uint32Array
  readonly saw: Uint32Array
  /** What whoever wrote what it has seen knew. */
  readonly heard: Uint32Array
  /** Items of which it knows something that was lost. */
  readonly lostWrites: Set<number> = new Set()
  readonly lostSights: Set<number> = new Set()

  constructor(keys: number) {
    this.wrote = new Uint32Array(keys)
    this.saw = new Uint32Array(keys)
    this.heard = new Uint32Array(keys)
  }

  forgive(): void {
    this.lostWrites.clear()
    this.lostSights.clear()
  }
}

export function raise(known: Uint32Array, key: number, version: number): void {
  if (version > (known[key] as number)) known[key] = version
}

export function raiseAll(known: Uint32Array, others: Uint32Array): void {
  for (let key = 0; key < known.length; key += 1) raise(known, key, others[key] as number)
}
