import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Memo, MemoPart } from '../../ports/step-log.ts'

/** The way of a run is not the one that is remembered. It must not be taken for a failure of the run, which would be undone. */
export class Diverged extends Error {}

/**
 * What is remembered of the steps of one run, and which of them its handler has begun again. A handler begins its steps in the same order each time, so the n-th step has
 * the name that the n-th had before.
 */
export class Memos {
  readonly #steps = new Map<string, Memo>()
  readonly #undone = new Map<string, Memo>()
  readonly #names = new Map<number, string>()
  readonly #begun = new Set<string>()

  constructor(memos: readonly Memo[]) {
    for (const memo of memos) this.add(memo)
  }

  add(memo: Memo): void {
    this.#of(memo.part).set(memo.name, memo)
    if (memo.part === 'step') this.#names.set(memo.position, memo.name)
  }

  find(name: string, part: MemoPart): Memo | undefined {
    return this.#of(part).get(name)
  }

  /** The place of a step that the handler begins. @throws FUL-3205, Diverged */
  begin(name: string, operation: string): number {
    if (this.#begun.has(name)) throw fulcrumError('FUL-3205', { step: name }, { operation })
    const position = this.#begun.size
    const before = this.#names.get(position)
    const memo = this.#steps.get(name)
    if (before !== undefined && before !== name)
      throw new Diverged(`step ${position + 1} was "${before}", and is "${name}" now`)
    if (memo !== undefined && memo.position !== position)
      throw new Diverged(`"${name}" was step ${memo.position + 1}, and is step ${position + 1} now`)
    this.#begun.add(name)
    return position
  }

  /** The handler has ended. @throws Diverged where it has not begun what it had begun before. */
  requireAllBegun(): void {
    const left = [...this.#steps.keys()].find((name) => !this.#begun.has(name))
    if (left !== undefined) throw new Diverged(`the step "${left}" was done before, and is not begun now`)
  }

  #of(part: MemoPart): Map<string, Memo> {
    return part === 'step' ? this.#steps : this.#undone
  }
}
