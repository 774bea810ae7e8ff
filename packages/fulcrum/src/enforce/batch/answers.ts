import { isDomainError } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** One answer for each input, in their order; nothing stands for as many answers of nothing where the command has no output. @throws FUL-3019. */
export function answersOf(
  returned: unknown,
  expected: number,
  { output, name }: AnyOperation,
): readonly unknown[] {
  if (Array.isArray(returned) && returned.length === expected) return returned
  if (returned === undefined && output === undefined) return Array.from({ length: expected })
  const found = Array.isArray(returned) ? `${returned.length} answers` : typeof returned
  throw fulcrumError('FUL-3019', { found, expected }, { operation: name })
}

type Form = (inputs: readonly unknown[], ctx: unknown) => unknown

/** A handler for one call, of a form for many: for calls that run inside their caller's transaction. */
export function alone(
  many: Form,
  operation: AnyOperation,
): (input: unknown, ctx: unknown) => Promise<unknown> {
  return async (input, ctx) => {
    const [answer] = answersOf(await many([input], ctx), 1, operation)
    if (isDomainError(answer)) throw answer
    return answer
  }
}
