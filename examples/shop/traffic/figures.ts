import { Latencies } from './latencies.ts'

/** What came back of one request. */
export interface Outcome {
  /** 0: no answer at all. */
  readonly status: number
  /** The header `Fulcrum-Source`. */
  readonly source: string | undefined
  readonly ms: number
}

/** What is known of one route, or of all. */
export class Figures {
  readonly latencies = new Latencies()
  readonly sources = new Map<string, number>()
  /** Refused by a rule of the shop, such as out of stock. */
  declined = 0
  /** No answer, or the server's fault. */
  errors = 0

  record({ status, source, ms }: Outcome): void {
    this.latencies.record(ms)
    if (status === 0 || status >= 500) this.errors += 1
    else if (status >= 400) this.declined += 1
    if (source !== undefined) this.sources.set(source, (this.sources.get(source) ?? 0) + 1)
  }
}
