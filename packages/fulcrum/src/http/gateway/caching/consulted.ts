import type { RequestFacts } from '../../../declare/principal.ts'

/**
 * What a principal resolver is given where answers differ by principal: it notes which headers are looked at, for `Vary`. That is exactly what
 * selects the answer, whatever the application knows its callers by.
 */
export class ConsultedFacts implements RequestFacts {
  readonly #facts: RequestFacts
  readonly #names = new Set<string>()
  #isTransparent = true

  constructor(facts: RequestFacts) {
    this.#facts = facts
  }

  get method(): string {
    return this.#facts.method
  }

  get path(): string {
    return this.#facts.path
  }

  header(name: string): string | undefined {
    this.#names.add(name.toLowerCase())
    return this.#facts.header(name)
  }

  get raw(): unknown {
    this.#isTransparent = false
    return this.#facts.raw
  }

  /** The headers that were looked at; `undefined` where `raw` was, so that nobody knows. */
  get names(): readonly string[] | undefined {
    return this.#isTransparent ? [...this.#names] : undefined
  }
}
