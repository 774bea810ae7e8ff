import type { Contract } from './contract.ts'

/** A frozen copy of a contract: plain objects and arrays all the way down; functions, schemas and signatures are kept as they are. */
export function freezeTerms(terms: Contract): Readonly<Contract> {
  return freezePlain(terms, []) as Readonly<Contract>
}

/** An object that contains itself is kept as it is there: declarations do not throw, and what is no contract is refused at boot. */
function freezePlain(value: unknown, above: readonly unknown[]): unknown {
  if (above.includes(value)) return value
  if (Array.isArray(value)) return Object.freeze(value.map((item) => freezePlain(item, [...above, value])))
  if (!isPlain(value)) return value
  const entries = Object.entries(value).map(([key, member]) => [key, freezePlain(member, [...above, value])])
  return Object.freeze(Object.fromEntries(entries))
}

/** Frozen objects are declarations already (signatures in `joins`): their identity matters. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return false
  return Object.getPrototypeOf(value) === Object.prototype
}
