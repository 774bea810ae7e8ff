import { messagesOf } from './frontend-messages.ts'

/** Where in what a client has sent at once its COMMIT is. */
export interface SpottedCommit {
  readonly start: number
  /** Where the server has it whole, whatever is behind that. */
  readonly end: number
}

/** The server carries COMMIT out with an Execute (manual, 54.2.3); a name for it is given once, and used from then on. */
const PARSE = 'P'
const BIND = 'B'
const EXECUTE = 'E'
const COMMIT = 'COMMIT'

/** Finds the COMMITs in what one client of PostgreSQL sends, by the names that it has prepared them under. */
export class CommitSpotter {
  readonly #names = new Set<string>()

  /** The COMMIT in a chunk of whole messages, if there is one. */
  spot(chunk: Buffer): SpottedCommit | undefined {
    let start: number | undefined
    for (const { type, at, end, body } of messagesOf(chunk)) {
      if (type === PARSE && this.#isCommit(body)) start = at
      if (type === BIND && this.#names.has(textsOf(body)[1] ?? '')) start ??= at
      if (type === EXECUTE && start !== undefined) return { start, end }
    }
    return undefined
  }

  #isCommit(body: Buffer): boolean {
    const [name = '', text] = textsOf(body)
    if (text !== COMMIT) return false
    this.#names.add(name)
    return true
  }
}

/** The first two of the zero-terminated strings that Parse and Bind begin with. */
function textsOf(body: Buffer): string[] {
  return body.toString('latin1').split('\0', 2)
}
