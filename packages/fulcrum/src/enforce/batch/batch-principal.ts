import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { GuardedPrincipal } from '../runtime/scoped-principal.ts'

/** Stands for the callers of a batch, who may be several: reading anything of it throws `FUL-3041`, so that nothing can be done in the name of another. */
export class BatchPrincipal extends GuardedPrincipal {
  readonly #operation: string

  constructor(operation: string) {
    super()
    this.#operation = operation
  }

  get id(): never {
    throw this.#several('The id')
  }

  get tenant(): never {
    throw this.#several('The tenant')
  }

  get roles(): never {
    throw this.#several('The roles')
  }

  get exposed(): never {
    throw this.#several('Something')
  }

  #several(part: string): Error {
    return fulcrumError('FUL-3041', { part }, { operation: this.#operation })
  }
}
