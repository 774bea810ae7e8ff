import { eur, type Money } from '../../shared/money.ts'

const BASE = 500n
const PER_KG = 250n

/**
 * 5.00 up to 1 kg, 2.50 for each further kg pro rata, rounded half up to cents.
 *
 * Exact: a number such as 1.126 is taken as its digits say, since in binary floating point `(1.126 - 1) * 250` is a little less than 31.5.
 * `weightKg` is more than 0 and at most 1,000,000, so that its text has no exponent when it is over 1.
 */
export function quote(weightKg: number): Money {
  if (weightKg <= 1) return eur(Number(BASE))
  const [whole = '', fraction = ''] = String(weightKg).split('.')
  const kg = 10n ** BigInt(fraction.length)
  const weight = BigInt(whole + fraction)
  const price = BASE * kg + PER_KG * (weight - kg)
  return eur(Number((2n * price + kg) / (2n * kg)))
}
