import type { StoredEvent } from '../../ports/subscriptions.ts'

/** An event and what it waits for: events of one lane are delivered one after the other. */
export interface Lined {
  readonly event: StoredEvent
  readonly lane: string
}

/**
 * Runs `work` for each item, in their order within a lane, at most `most` at once; one after the other in the order of all where that is 1. Resolves when all are done; once one has failed, no other one is
 * begun, and it rejects with that failure when those that had begun are over, since they use what has failed.
 */
export async function inLanes<T extends { readonly lane: string }>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const lanes = most === 1 ? [items] : [...Map.groupBy(items, ({ lane }) => lane).values()]
  let failure: { readonly error: unknown } | undefined
  const worker = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
      for (const item of lane) {
        if (failure !== undefined) return
        try {
          await work(item)
        } catch (error) {
          failure ??= { error }
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, lanes.length) }, worker))
  if (failure !== undefined) throw failure.error
}
