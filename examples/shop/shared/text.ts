import { z } from 'zod'

/** Text from people: trimmed, and without what PostgreSQL cannot store (NUL, half of a surrogate pair). */
export function text(longest: number): z.ZodString {
  return z
    .string()
    .regex(/^[^\0\p{Cs}]*$/u, 'must not contain NUL or lone surrogates')
    .trim()
    .max(longest)
}
