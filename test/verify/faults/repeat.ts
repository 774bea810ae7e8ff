import type { Span } from './fault.ts'

/** Repeats `round` until the span is over; a round that has begun is carried through. */
export async function repeat(span: Span, round: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; !span.isOver; index += 1) await round(index)
}
