/** Numbers from 0 to 1, the same for the same seed: good enough to visit a shop with (linear congruential, constants of "Numerical Recipes"). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** One of `items`, the first ones much more often than the last: few things are popular. */
export function popular<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(items.length * random() ** 3)] as T
}
