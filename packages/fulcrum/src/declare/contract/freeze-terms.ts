import type { Contract } from './contract.ts'

/** A frozen copy of a contract: plain objects and arrays all the way down; functions, schemas and signatures are kept as they are. */
export function freezeTerms(terms: Contract): Readonly<Contract> {
  return freezePlain(terms) as Readonly<Contract>
}

function freezePlain(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(freezePlain))
  if (!isPlain(value)) return value
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, member]) => [key, freezePlain(member)])),
  )
}

/** Frozen objects are declarations already (signatures in `joins`): their identity matters. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return false
  return Object.getPrototypeOf(value) === Object.prototype
}
