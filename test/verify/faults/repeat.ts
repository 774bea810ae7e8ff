/** Repeats `round` until so many milliseconds have passed; a round that has begun is carried through. */
export async function repeat(ms: number, round: (index: number) => Promise<void>): Promise<void> {
  const end = performance.now() + ms
  for (let index = 0; performance.now() < end; index += 1) await round(index)
}
