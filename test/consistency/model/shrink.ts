import { noCounts } from './counts.ts'
import { type Ended, run, type RunOptions } from './run.ts'

export interface Shrunk {
  readonly seed: number
  readonly ended: Ended
  /** What happened, action by action. */
  readonly lines: readonly string[]
}

/** Leaves out of a run that ends in a violation every step that the violation does not need. */
export function shrink(seed: number, options: Pick<RunOptions, 'rules' | 'deviation'>): Shrunk | undefined {
  const attempt = (steps: ReadonlySet<number>, trace?: (line: string) => void): Ended | undefined =>
    run(seed, {
      ...options,
      counts: noCounts(),
      takes: (step) => steps.has(step),
      ...(trace === undefined ? {} : { trace }),
    })
  const first = run(seed, { ...options, counts: noCounts() })
  if (first === undefined) return undefined
  let steps = new Set(Array.from({ length: first.step }, (_, index) => index + 1))
  const fails = (fewer: ReadonlySet<number>): boolean =>
    attempt(fewer)?.violation.invariant === first.violation.invariant
  for (let size = steps.size >>> 1; size > 0; size >>>= 1) steps = withoutChunks(steps, size, fails)
  steps = withoutChunks(steps, 1, fails)
  const lines: string[] = []
  const ended = attempt(steps, (line) => lines.push(line))
  return ended === undefined ? undefined : { seed, ended, lines }
}

function withoutChunks(
  steps: Set<number>,
  size: number,
  fails: (fewer: ReadonlySet<number>) => boolean,
): Set<number> {
  let left = [...steps]
  for (let from = 0; from < left.length;) {
    const fewer = [...left.slice(0, from), ...left.slice(from + size)]
    if (fails(new Set(fewer))) left = fewer
    else from += size
  }
  return new Set(left)
}
