/**
 * How the provider can behave: `ok` charges; `decline` refuses; `fail` breaks before it charges, `fail-after` after; `hang` charges and never
 * answers; `duplicate` handles the request twice, as a network that repeats packets would have it.
 */
export const MODES = ['ok', 'decline', 'fail', 'fail-after', 'hang', 'duplicate'] as const
export type Mode = (typeof MODES)[number]
