import type { Rows, StatementRunner } from '../../declare/db.ts'
import { ALONE } from '../../ports/own-work.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from './call.ts'
import { type StageFactory, storeOf } from './stage.ts'

/** Runs each statement of a job as a transaction by itself, on the primary. */
export const statements: StageFactory<'statements'> = (_settings, next, parts) => {
  const store = storeOf(parts)
  return (call, input) => {
    call.useStatements(new EachByItself(store, call))
    return next(call, input)
  }
}

class EachByItself implements StatementRunner {
  readonly #store: Store
  readonly #call: Call

  constructor(store: Store, call: Call) {
    this.#store = store
    this.#call = call
  }

  async run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    const work = (tx: StatementRunner): Promise<Rows<R>> => tx.run<R>(text, values)
    const { value } = await this.#store.transaction(ALONE, this.#call, work)
    this.#call.served(1)
    return value
  }
}
