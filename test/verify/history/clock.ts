let last = 0

/** The only clock of a history: that of the process that asks. It never says the same time twice. */
export function now(): number {
  last = Math.max(performance.now(), last + 0.0001)
  return last
}
