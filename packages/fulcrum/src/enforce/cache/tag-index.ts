/**
 * Which members have a tag. Most tags have one member, which is then held as it is: a set takes as much memory as all else that an entry of a cache
 * needs beside its value.
 */
export class TagIndex<Member extends object> {
  readonly #members = new Map<number, Member | Set<Member>>()

  add(tag: number, member: Member): void {
    const present = this.#members.get(tag)
    if (present === undefined) this.#members.set(tag, member)
    else if (present instanceof Set) present.add(member)
    else if (present !== member) this.#members.set(tag, new Set([present, member]))
  }

  remove(tag: number, member: Member): void {
    const present = this.#members.get(tag)
    const isLast = present instanceof Set ? present.delete(member) && present.size === 0 : present === member
    if (isLast) this.#members.delete(tag)
  }

  /** Members may be removed meanwhile. */
  of(tag: number): Iterable<Member> {
    const present = this.#members.get(tag)
    if (present === undefined) return NOBODY
    return present instanceof Set ? present : [present]
  }
}

const NOBODY: Iterable<never> = Object.freeze([])
