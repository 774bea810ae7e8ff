/**
 * Strict unit strings: `<number><unit>`, at most three decimals, no sign, space, exponent or superfluous leading zero. Amounts are
 * computed in whole base units, so that `'1.1s'` is exactly 1100 ms; what is not a whole number of base units is refused.
 */
export interface Units {
  readonly pattern: RegExp
  /** Base units per unit, from the smallest to the largest. */
  readonly factors: ReadonlyMap<string, number>
}

export function units(factors: Readonly<Record<string, number>>): Units {
  const entries = Object.entries(factors).sort(([, a], [, b]) => a - b)
  const names = entries.map(([name]) => name).join('|')
  return {
    pattern: new RegExp(`^(0|[1-9]\\d{0,15})(?:\\.(\\d{1,3}))?(${names})$`),
    factors: new Map(entries),
  }
}

/** The amount in base units, or `undefined` if the text is malformed or the amount is not a safe whole number. */
export function parseAmount(text: unknown, { pattern, factors }: Units): number | undefined {
  if (typeof text !== 'string') return undefined
  const match = pattern.exec(text)
  if (match === null) return undefined
  const factor = factors.get(match[3] as string) as number
  const decimals = match[2] ?? ''
  const amount = Number(match[1]) * factor + (Number(decimals) * factor) / 10 ** decimals.length
  return Number.isSafeInteger(amount) ? amount : undefined
}

/** The largest unit of which the amount is a whole multiple: `[90, 's']`; the smallest unit for zero. */
export function largestWhole(amount: number, { factors }: Units): [count: number, unit: string] {
  let best: [number, string] | undefined
  for (const [unit, factor] of factors) {
    if (best === undefined || (amount !== 0 && amount % factor === 0)) best = [amount / factor, unit]
  }
  return best as [number, string]
}
