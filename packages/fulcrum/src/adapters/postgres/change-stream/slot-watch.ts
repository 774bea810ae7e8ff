import type { SlotStateRow } from './sql/slot.ts'

/** A slot that keeps more log than this is worth a line. */
const MUCH = 2 ** 30
/** Less than this until the server gives the slot up. */
const LITTLE = 64 * 2 ** 20

const MB = 2 ** 20

/** Says so when the slot keeps much of the log, or when the server is about to give it up. Says each thing once, until it is over. */
export class SlotWatch {
  readonly #log: (line: string) => void
  #said: string | undefined

  constructor(log: (line: string) => void) {
    this.#log = log
  }

  look({ wal_status, safe, kept }: SlotStateRow): void {
    const news = newsOf(wal_status, safe, kept)
    if (news?.kind === this.#said) return
    this.#said = news?.kind
    if (news !== undefined) this.#log(news.line)
  }
}

function newsOf(
  status: string | null,
  safe: string | null,
  kept: string | null,
): { readonly kind: string; readonly line: string } | undefined {
  if (status === 'unreserved' || status === 'lost')
    return { kind: 'unreserved', line: `the server is about to give up its replication slot (${status})` }
  if (safe !== null && Number(safe) < LITTLE)
    return {
      kind: 'little',
      line: `the server will give up its replication slot after ${megabytes(safe)} MB more`,
    }
  if (kept !== null && Number(kept) > MUCH)
    return { kind: 'much', line: `its replication slot keeps ${megabytes(kept)} MB of the log` }
  return undefined
}

function megabytes(bytes: string): number {
  return Math.round(Number(bytes) / MB)
}
