/** What one of several operations at a time took, in microseconds. */
export interface Cost {
  /** On the clock, all of them together. */
  readonly took: number
  /** On the processor, in this process. */
  readonly cpu: number
}

export interface Concurrency {
  /** How many at a time. */
  readonly workers: number
  /** For how many milliseconds. */
  readonly ms: number
}

/** Does something over and over, so many at a time; `run` is told which worker it is and how often that has run. */
export async function concurrently(
  { workers, ms }: Concurrency,
  run: (worker: number, turn: number) => Promise<unknown>,
): Promise<Cost> {
  const before = process.cpuUsage()
  const start = performance.now()
  const loop = async (worker: number): Promise<number> => {
    let turn = 0
    for (; performance.now() - start < ms; turn += 1) await run(worker, turn)
    return turn
  }
  const turns = await Promise.all(Array.from({ length: workers }, (_, worker) => loop(worker)))
  const count = turns.reduce((sum, each) => sum + each, 0)
  const { user, system } = process.cpuUsage(before)
  return { took: ((performance.now() - start) / count) * 1e3, cpu: (user + system) / count }
}
