/** The demo data's ids: product 42 is a0000000-0000-4000-8000-000000000042. */
const numbered =
  (letter: string) =>
  (n: number): string =>
    `${letter}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export const productId: (n: number) => string = numbered('a')
export const customerId: (n: number) => string = numbered('c')
/** An id that nothing has. */
export const NOBODY = 'f0000000-0000-4000-8000-00000000dead'
