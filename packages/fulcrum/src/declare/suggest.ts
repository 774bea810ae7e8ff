/**
 * `' Did you mean "staleness"?'`, with the leading space that fits a `{hint}`; empty when no candidate is near: at most a third of the letters
 * (and never more than three) inserted, removed, replaced or swapped with their neighbour (Damerau 1964, optimal string alignment).
 */
export function didYouMean(found: string, candidates: Iterable<string>): string {
  const near = nearest(found, candidates)
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

const FURTHEST = 3

function nearest(found: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of candidates) {
    const limit = Math.min(FURTHEST, Math.ceil(Math.max(found.length, name.length) / 3))
    if (Math.abs(found.length - name.length) > limit) continue
    const distance = editDistance(found.toLowerCase(), name.toLowerCase())
    if (distance <= limit && distance < (best?.distance ?? Infinity)) best = { name, distance }
  }
  return best?.name
}

/** Optimal string alignment distance, row by row. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const edited = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current.push(swapped ? Math.min(edited, at(beforeLast, column - 2) + 1) : edited)
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] as number
}
