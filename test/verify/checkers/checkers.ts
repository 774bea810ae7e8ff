import type { Operation } from '../history/operation.ts'
import type { Truth } from '../history/truth.ts'
import { checkPrincipals } from './principals.ts'
import { SessionChecker } from './sessions.ts'
import { StalenessChecker } from './staleness.ts'
import { StrongChecker } from './strong.ts'
import { checkTogether } from './together.ts'
import { checkValues } from './values.ts'
import type { Violation } from './violation.ts'

/** All checks, over a history that comes in parts: each part has ended when the next one begins. */
export class Checkers {
  readonly #strong: StrongChecker
  readonly #staleness: StalenessChecker
  readonly #sessions: SessionChecker
  /** When each write began. */
  readonly #begun = new Map<number, number>()

  constructor(keys: number) {
    this.#strong = new StrongChecker(keys)
    this.#staleness = new StalenessChecker(keys)
    this.#sessions = new SessionChecker(keys)
  }

  check(operations: readonly Operation[], truth: Truth): Violation[] {
    for (const { writer, invoked } of operations) if (writer !== undefined) this.#begun.set(writer, invoked)
    return [
      ...checkValues(operations, truth, this.#begun),
      ...checkPrincipals(operations),
      ...checkTogether(operations, truth),
      ...this.#strong.check(operations, truth),
      ...this.#staleness.check(operations, truth),
      ...this.#sessions.check(operations, truth),
    ]
  }
}
