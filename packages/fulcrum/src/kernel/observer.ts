/** Where the data of an answer came from. Probes are told the index, so that counting is an array access. */
export const SOURCES = ['none', 'primary', 'replica', 'local', 'shared'] as const

export type Source = (typeof SOURCES)[number]

/** What enforcement and policies report while they run. Bound to an operation once, at boot; its methods must be cheap and never throw. */
export interface OperationProbe {
  /** A call succeeded after `ms` milliseconds, or `NaN` where it was not timed, with data from `SOURCES[source]`. */
  ok(source: number, ms: number): void
  /** A call failed: `code` is the code of the error, a declared one or `FUL-…`. */
  failed(code: string): void
  /** A statement finished: its text, how long it took, how many rows it returned or changed. */
  statement(text: string, ms: number, rows: number): void
  /** An attempt is about to be repeated, for example because of `'40001'`. */
  retried(reason: string): void
}

/** The seam between what runs and what measures. */
export interface Observer {
  /** The probe of an operation; `kind` is `'query'`, `'command'`, …. Called once per operation, at boot. */
  operation(name: string, kind: string): OperationProbe
}

const silentProbe: OperationProbe = { ok() {}, failed() {}, statement() {}, retried() {} }

/** Measures nothing. */
export const silentObserver: Observer = { operation: () => silentProbe }
