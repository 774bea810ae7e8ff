import { PROMISES } from '../checkers/promises.ts'
import type { Violation } from '../checkers/violation.ts'
import type { Operation } from '../history/operation.ts'
import { type Level, LEVELS } from '../instance/operations.ts'

export const SOURCES = ['primary', 'replica', 'local', 'shared'] as const
export type Source = (typeof SOURCES)[number]

/** What became of the reads of one level, or of the writes. */
export interface Tally {
  readonly level: Level | 'writes'
  /** With a value, which was checked. */
  answered: number
  readonly by: Record<Source, number>
  /** Said to be past the bound. */
  stale: number
  /** Said that something was lost. */
  reset: number
  /** Without an answer, or with one that says that the outcome is not known. */
  unknown: number
  /** By code. */
  readonly refused: Map<string, number>
  violations: number
}

export function emptyTallies(): Tally[] {
  return [...LEVELS, 'writes' as const].map((level) => ({
    level,
    answered: 0,
    by: { primary: 0, replica: 0, local: 0, shared: 0 },
    stale: 0,
    reset: 0,
    unknown: 0,
    refused: new Map<string, number>(),
    violations: 0,
  }))
}

/** Counts operations as they come, by level. */
export class Tallies {
  readonly all: readonly Tally[] = emptyTallies()
  readonly #byLevel = new Map(this.all.map((each) => [each.level, each]))

  add(operation: Operation): void {
    count(operation, this.#of(operation))
  }

  violated({ operation }: Violation): void {
    this.#of(operation).violations += 1
  }

  #of({ operation }: Operation): Tally {
    return this.#byLevel.get(PROMISES.get(operation)?.level ?? 'writes') as Tally
  }
}

function count({ outcome, source, stale, reset, code = '' }: Operation, into: Tally): void {
  if (reset === true) into.reset += 1
  if (outcome === 'unknown') into.unknown += 1
  if (outcome === 'refused') into.refused.set(code, (into.refused.get(code) ?? 0) + 1)
  if (outcome !== 'ok') return
  into.answered += 1
  if (stale !== undefined) into.stale += 1
  if (source !== undefined && source in into.by) into.by[source as Source] += 1
}

/** Adds tallies of the same levels in the same order. */
export function sum(all: readonly (readonly Tally[])[]): Tally[] {
  const totals = emptyTallies()
  for (const tallies of all) tallies.forEach((each, index) => add(each, totals[index] as Tally))
  return totals
}

function add(each: Tally, total: Tally): void {
  total.answered += each.answered
  total.stale += each.stale
  total.reset += each.reset
  total.unknown += each.unknown
  total.violations += each.violations
  for (const source of SOURCES) total.by[source] += each.by[source]
  for (const [code, times] of each.refused) total.refused.set(code, (total.refused.get(code) ?? 0) + times)
}

/** Reads that were answered. */
export function readsOf(tallies: readonly Tally[]): number {
  return tallies.reduce((reads, { level, answered }) => reads + (level === 'writes' ? 0 : answered), 0)
}
