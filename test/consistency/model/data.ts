/** Three keys, each with a tag of its own, and queries that read one or two of them in one statement. */
export const KEYS = 3
/** By key: no version yet. */
export const NOTHING: readonly number[] = Array.from({ length: KEYS }, () => 0)
export const QUERIES: readonly (readonly number[])[] = [[0], [0, 1], [1], [1, 2], [2]]
/** The first so many queries read nothing but the first `keys` keys. */
export function queriesOf(keys: number): number {
  return 2 * keys - 1
}

export const QUERY_TAGS: readonly (readonly number[])[] = QUERIES.map((keys) => keys.map(tagOf))

export function tagOf(key: number): number {
  return key + 1
}

/** The values of a query's keys. A value is the number of its version: dense per key, never used twice, not even after a failover. */
export type Versions = readonly number[]
