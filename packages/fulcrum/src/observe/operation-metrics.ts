import { type CallEvent, EVENTS, type OperationProbe, SOURCES, type Source } from '../kernel/observer.ts'
import { Histogram } from './histogram.ts'

/** One statement of an operation, over all its calls. */
export interface StatementTiming {
  readonly text: string
  readonly count: number
  /** Sum, in milliseconds. */
  readonly ms: number
  readonly rows: number
}

/** More distinct texts than this come from statements built with values in their text; they are counted together. */
const MOST_STATEMENTS = 100
const OTHER_STATEMENTS = '(other statements)'

/** What one operation did so far. Recording is array increments and, for failures and statements, one Map look-up. */
export class OperationMetrics implements OperationProbe {
  readonly operation: string
  readonly kind: string
  readonly #ok: (Histogram | undefined)[] = SOURCES.map(() => undefined)
  readonly #failed = new Map<string, number>()
  readonly #retries = new Map<string, number>()
  readonly #events: Record<CallEvent, number>
  readonly #statements = new Map<string, { text: string; count: number; ms: number; rows: number }>()

  constructor(operation: string, kind: string) {
    this.operation = operation
    this.kind = kind
    this.#events = Object.fromEntries(EVENTS.map((event) => [event, 0])) as Record<CallEvent, number>
  }

  noted(event: CallEvent): void {
    this.#events[event] += 1
  }

  ok(source: number, ms: number): void {
    const histogram = (this.#ok[source] ??= new Histogram())
    if (Number.isNaN(ms)) histogram.repeat()
    else histogram.record(ms)
  }

  failed(code: string): void {
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1)
  }

  retried(reason: string): void {
    this.#retries.set(reason, (this.#retries.get(reason) ?? 0) + 1)
  }

  statement(text: string, ms: number, rows: number): void {
    const timing = this.#statements.get(text) ?? this.#newStatement(text)
    timing.count += 1
    timing.ms += ms
    timing.rows += rows
  }

  /** Durations of successful calls, by what served them. */
  get durations(): readonly { readonly source: Source; readonly histogram: Histogram }[] {
    return SOURCES.flatMap((source, index) => {
      const histogram = this.#ok[index]
      return histogram === undefined ? [] : [{ source, histogram }]
    })
  }

  get failures(): ReadonlyMap<string, number> {
    return this.#failed
  }

  get retries(): ReadonlyMap<string, number> {
    return this.#retries
  }

  /** How often what has happened to calls. */
  get events(): Readonly<Record<CallEvent, number>> {
    return this.#events
  }

  /** The statements, those that took longest in all first. */
  get statements(): readonly StatementTiming[] {
    return [...this.#statements.values()].toSorted((a, b) => b.ms - a.ms)
  }

  #newStatement(wanted: string): { text: string; count: number; ms: number; rows: number } {
    const text = this.#statements.size < MOST_STATEMENTS ? wanted : OTHER_STATEMENTS
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    const timing = { text, count: 0, ms: 0, rows: 0 }
    this.#statements.set(text, timing)
    return timing
  }
}
