/** A request to an instance, one JSON line: HTTP without a socket of its own. */
export interface Request {
  readonly i: number
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Who asks. */
  readonly caller: string
  /** `Fulcrum-Token`. */
  readonly token?: string
  readonly body?: unknown
}

/** Its answer, one JSON line. */
export interface Answer {
  readonly i: number
  readonly status: number
  /** `Fulcrum-Source`. */
  readonly source?: string
  /** `Fulcrum-Stale`, in seconds. */
  readonly stale?: number
  /** `Fulcrum-Token`. */
  readonly token?: string
  /** `Fulcrum-Session: reset`. */
  readonly reset?: true
  readonly body?: string
  /** What is known of the data, from inside: for whoever has to find out what went wrong. */
  readonly label?: unknown
}

/** What an instance is started with, in its environment. */
export interface Settings {
  readonly primary: string
  readonly replicas: readonly string[]
  readonly redis: string
  readonly name: string
}

export const READY = 'ready'
