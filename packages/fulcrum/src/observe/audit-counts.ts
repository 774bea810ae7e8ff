/**
 * What comparing an answer with the primary came to. `held`: they were equal. `allowed`: they differed, as the contract allows. `undeclared`: they
 * differed, the contract allows it, and yet nobody had told of a change of its tags, although changes end such answers. `violated`: the answer lacked
 * what it has to show. `undecided`: they could not be compared, for example because the data kept changing meanwhile.
 */
export const AUDIT_OUTCOMES = ['held', 'allowed', 'undeclared', 'violated', 'undecided'] as const

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number]

/** What the audit of one operation's answers has found so far. */
export interface AuditReport extends Readonly<Record<AuditOutcome, number>> {
  readonly operation: string
  /**
   * Nines of consistency: 3 are one violation in 1,000 answers that were decided. Without any violation it is what so many answers can show, as if
   * the next one were the first. 0 before any was decided.
   */
  readonly nines: number
}

/** Counts the outcomes of one operation. */
export class AuditCounts {
  readonly operation: string
  readonly #counts: Record<AuditOutcome, number> = {
    held: 0,
    allowed: 0,
    undeclared: 0,
    violated: 0,
    undecided: 0,
  }

  constructor(operation: string) {
    this.operation = operation
  }

  count(outcome: AuditOutcome): void {
    this.#counts[outcome] += 1
  }

  get report(): AuditReport {
    const { held, allowed, undeclared, violated } = this.#counts
    const decided = held + allowed + undeclared + violated
    const nines = decided === 0 ? 0 : Math.log10(decided / Math.max(1, violated))
    return { operation: this.operation, ...this.#counts, nines }
  }
}
