/** Where the data of an answer came from. Probes are told the index, so that counting is an array access. */
export const SOURCES = ['none', 'primary', 'replica', 'local', 'shared'] as const

export type Source = (typeof SOURCES)[number]

/**
 * What may happen to a call on its way, besides its end. `local miss`, `shared miss`: a tier of the cache had nothing that would do. `fill`: an answer was
 * kept. `lease`: it reads on behalf of all instances; `wait for lease`: another instance does. `stale`: the answer says that it is past its bound, or
 * stands in for a better one. `session reset`: what its session had written or seen was lost. `wait for replica`: one that was about to have what is
 * needed. `lost`: it was accepted, and not carried out after all.
 */
export const EVENTS = [
  'local miss',
  'shared miss',
  'fill',
  'lease',
  'wait for lease',
  'stale',
  'session reset',
  'wait for replica',
  'lost',
] as const

export type CallEvent = (typeof EVENTS)[number]

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
  /** Something has happened to a call. */
  noted(event: CallEvent): void
}

/** The seam between what runs and what measures. */
export interface Observer {
  /** The probe of an operation; `kind` is `'query'`, `'command'`, …. Called once per operation, at boot. */
  operation(name: string, kind: string): OperationProbe
}

const silentProbe: OperationProbe = { ok() {}, failed() {}, statement() {}, retried() {}, noted() {} }

/** Measures nothing. */
export const silentObserver: Observer = { operation: () => silentProbe }
