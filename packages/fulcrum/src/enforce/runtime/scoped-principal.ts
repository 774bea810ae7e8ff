import type { CacheScope } from '../../declare/contract/vocabulary.ts'
import type { Principal } from '../../declare/principal.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** Stands for callers of whom handlers may not know everything. */
export abstract class GuardedPrincipal implements Principal {
  abstract get id(): string
  abstract get roles(): readonly string[]
  abstract get tenant(): string
  /** What a handler is given as `ctx.principal`. */
  abstract get exposed(): Principal | undefined
}

/**
 * What a reading for many may know of the caller who began it: what all who are given its answer have in common. The rest throws `FUL-3018` when
 * it is read, so that an answer cannot silently depend on it.
 */
export class ScopedPrincipal extends GuardedPrincipal {
  readonly #operation: string
  readonly #tenant: string | undefined
  /** The answer is for callers of one tenant; otherwise for everybody. */
  readonly #isOfTenant: boolean

  constructor(operation: string, scope: Exclude<CacheScope, 'principal'>, of: Principal | undefined) {
    super()
    this.#operation = operation
    this.#isOfTenant = scope === 'tenant'
    this.#tenant = of?.tenant
  }

  get id(): never {
    throw this.#outOfScope('the id')
  }

  get roles(): never {
    throw this.#outOfScope('the roles')
  }

  // The type of an absent tenant is that of a missing member.
  get tenant(): string {
    if (!this.#isOfTenant) throw this.#outOfScope('the tenant')
    return this.#tenant as string
  }

  /** As `ctx.principal`: whether there is a caller at all is something to know of him, too. */
  get exposed(): this {
    if (!this.#isOfTenant) throw this.#outOfScope('something')
    return this
  }

  #outOfScope(part: string): Error {
    const whom = this.#isOfTenant ? 'its whole tenant' : 'everybody'
    return fulcrumError('FUL-3018', { part, whom }, { operation: this.#operation })
  }
}

/** `undefined` for those whose callers of a tenant's scope are nobody: they have entries of their own. */
export function scopePrincipal(
  operation: string,
  scope: CacheScope,
  principal: Principal | undefined,
): Principal | undefined {
  if (scope === 'principal') return principal
  if (scope === 'tenant' && principal === undefined) return undefined
  return new ScopedPrincipal(operation, scope, principal)
}

/** What a handler is given as `ctx.principal`. @throws `FUL-3018` where its answer is for everybody, `FUL-3041` where it works for several callers. */
export function exposePrincipal(principal: Principal | undefined): Principal | undefined {
  return principal instanceof GuardedPrincipal ? principal.exposed : principal
}
