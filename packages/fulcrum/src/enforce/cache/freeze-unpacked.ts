/**
 * Freezes what a codec has just made, in depth: lists and records, new and without cycles or getters, which is why nothing has to be looked up before
 * it is frozen. For values from elsewhere there is `deepFreeze`, which takes several times as long.
 */
export function freezeUnpacked(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) freezeUnpacked(item)
    Object.freeze(value)
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    const record = value as Readonly<Record<string, unknown>>
    for (const name in record) freezeUnpacked(record[name])
    Object.freeze(value)
  }
}
