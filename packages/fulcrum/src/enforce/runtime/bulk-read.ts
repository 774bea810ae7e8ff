import type { Outcome } from '../../declare/outcome.ts'
import { Gathering, Place } from './gathering.ts'

/** So many inputs are read together at the most; more are read in rounds. */
export const ROUND = 1_000
/** So many are read at once where the handler has no bulk form. */
export const LANES = 16

/** Reads one input. */
export type ReadPart = (input: unknown, place: Place | undefined) => Promise<unknown>

/** In rounds, for a handler with a bulk form. */
export async function inRounds(inputs: readonly unknown[], read: ReadPart): Promise<Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = []
  for (let from = 0; from < inputs.length; from += ROUND) {
    const round = inputs.slice(from, from + ROUND)
    const gathering = new Gathering(round.length)
    outcomes.push(...(await Promise.all(round.map((input) => outcomeOf(read(input, new Place(gathering)))))))
  }
  return outcomes
}

/** One by one, several at a time, for a handler without one. */
export async function inLanes(inputs: readonly unknown[], read: ReadPart): Promise<Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < inputs.length) {
      const index = next
      next += 1
      outcomes[index] = await outcomeOf(read(inputs[index], undefined))
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES, inputs.length) }, lane))
  return outcomes
}

async function outcomeOf(answer: Promise<unknown>): Promise<Outcome<unknown>> {
  try {
    return { ok: true, value: await answer }
  } catch (error) {
    return { ok: false, error: error as Error }
  }
}
