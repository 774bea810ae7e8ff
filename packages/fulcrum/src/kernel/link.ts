/**
 * A member of a circular list. A member that is alone points at itself.
 *
 * An interface, for members to implement themselves: V8 (measured on Node 24) takes 10 to 25 ns longer to make an object of a derived class, and
 * each call with a deadline makes three.
 */
export interface Link {
  previous: Link
  next: Link
}

export function insertBefore(member: Link, link: Link): void {
  member.previous = link.previous
  member.next = link
  link.previous.next = member
  link.previous = member
}

/** Takes a member out of its list; does nothing to one that is alone. */
export function unlink(member: Link): void {
  member.previous.next = member.next
  member.next.previous = member.previous
  member.previous = member
  member.next = member
}
