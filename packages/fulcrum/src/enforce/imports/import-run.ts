import { createHash, type Hash } from 'node:crypto'
import type { ImportReport, RefusedRow } from '../../declare/ndjson.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Checkpoint, ImportProgress } from '../../ports/import-log.ts'
import type { CheckedRow } from './row-check.ts'

const MOST_ERRORS = 100

export interface ImportTerms {
  readonly id: string
  readonly operation: string
  readonly ttl: number
  /** So many lines go into a batch, or as many as have so many bytes. */
  readonly size: number
  readonly bytes: number
  readonly check: (line: Uint8Array) => CheckedRow | Promise<CheckedRow>
  /** Applies rows, and writes the checkpoint with them. */
  readonly apply: (rows: readonly unknown[], checkpoint: Checkpoint) => Promise<void>
}

/**
 * One import under way: skipping (what was done before, which has to be the same) → applying, batch after batch → done. Where it is cut off, the next one with its key begins at the
 * last checkpoint, so what comes of it does not depend on where that was.
 */
export class ImportRun {
  readonly #terms: ImportTerms
  readonly #hash: Hash = createHash('sha256')
  #line = 0
  #from = 0
  #rows: unknown[] = []
  #bytes = 0
  #applied = 0
  #refused = 0
  #errors: readonly RefusedRow[] = []

  constructor(terms: ImportTerms) {
    this.#terms = terms
  }

  /** @throws FUL-2015 where what was done before was another input. */
  async run(lines: AsyncIterable<Uint8Array>, before: ImportProgress | undefined): Promise<ImportReport> {
    for await (const line of lines) {
      this.#read(line)
      if (before !== undefined && this.#line <= before.line) this.#skip(before)
      else if (before?.isDone === true) throw this.#other()
      else await this.#take(line)
    }
    if (before !== undefined && this.#line < before.line) throw this.#other()
    if (before?.isDone !== true) await this.#flush(true)
    else this.#resume(before)
    return this.#report
  }

  #read(line: Uint8Array): void {
    this.#line += 1
    this.#hash.update(line).update('\n')
  }

  #skip(before: ImportProgress): void {
    if (this.#line < before.line) return
    if (this.#digest !== before.digest) throw this.#other()
    this.#resume(before)
  }

  #resume({ line, report }: ImportProgress): void {
    this.#from = line
    this.#applied = report.applied
    this.#refused = report.refused
    this.#errors = report.errors
  }

  async #take(line: Uint8Array): Promise<void> {
    const { size, bytes, check } = this.#terms
    const checked = await check(line)
    this.#bytes += line.byteLength
    if (checked !== undefined && 'row' in checked) this.#rows.push(checked.row)
    else if (checked !== undefined) this.#refuse(checked.message)
    if (this.#line - this.#from >= size || this.#bytes >= bytes) await this.#flush(false)
  }

  #refuse(message: string): void {
    this.#refused += 1
    if (this.#errors.length < MOST_ERRORS) this.#errors = [...this.#errors, { line: this.#line, message }]
  }

  async #flush(isDone: boolean): Promise<void> {
    const rows = this.#rows
    this.#applied += rows.length
    const { id, operation, ttl, apply } = this.#terms
    const where = { from: this.#from, line: this.#line, digest: this.#digest }
    await apply(rows, { id, operation, ttl, ...where, report: this.#report, isDone })
    this.#rows = []
    this.#bytes = 0
    this.#from = this.#line
  }

  get #digest(): string {
    return this.#hash.copy().digest('hex')
  }

  get #report(): ImportReport {
    return { applied: this.#applied, refused: this.#refused, errors: this.#errors }
  }

  #other(): Error {
    return fulcrumError('FUL-2015', {}, { operation: this.#terms.operation })
  }
}
