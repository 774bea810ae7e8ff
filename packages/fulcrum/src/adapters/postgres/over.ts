import type { Deadline } from '../../kernel/deadline.ts'

/** Why a deadline is over; `undefined` while it is not. */
export function whyOver(deadline: Deadline): unknown {
  try {
    deadline.throwIfOver()
    return undefined
  } catch (reason) {
    return reason
  }
}
