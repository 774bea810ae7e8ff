/** Draws indexes so that the one at place k is drawn in proportion to 1/k: a few are read all the time, and most now and then (Zipf's law). */
export function zipf(count: number, random: () => number): () => number {
  const upTo = new Float64Array(count)
  let sum = 0
  for (let place = 0; place < count; place += 1) {
    sum += 1 / (place + 1)
    upTo[place] = sum
  }
  return () => firstAbove(upTo, random() * sum)
}

function firstAbove(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}
