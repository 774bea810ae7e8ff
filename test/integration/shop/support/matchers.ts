import { expect } from 'vitest'

/** Matches any text; typed as what it stands for is not known. */
export const someText: unknown = expect.any(String)

export function textLike(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}
