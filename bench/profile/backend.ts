import type { Instance } from './visitors.ts'

/** Instances of one application that share a database. */
export interface Backend extends AsyncDisposable {
  readonly instances: readonly Instance[]
  /** How often the database was asked for a profile so far. */
  reads(): number
}

/** Where a backend finds its servers. */
export interface Servers {
  readonly primary: string
  readonly replicas: readonly string[]
  readonly redis: string
}

export const INSTANCES = 2
