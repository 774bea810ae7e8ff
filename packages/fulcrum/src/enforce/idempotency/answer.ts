import { DomainError, type ErrorDeclaration } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { isPortable } from '../cache/portable.ts'
import { packr } from '../packr.ts'

/** What a call came to, as repetitions of it are told. */
export type Answered =
  | {
      readonly kind: 'value'
      readonly value: unknown
      readonly version: string | number | undefined
      /** Ids of the tags that were changed, by the command and those that it joined. */
      readonly changed: readonly string[]
    }
  | { readonly kind: 'error'; readonly error: DomainError }

/** The form that this version writes; the first item of what is kept. */
const VALUE = 1
const ERROR = 2

/** @throws FUL-3021 for what would not come out as it went in: a repetition would be answered otherwise than the call. */
export function packAnswer({ name }: AnyOperation, answered: Answered): Uint8Array {
  if (answered.kind === 'value') {
    const { value, version, changed } = answered
    if (!isPortable(value)) throw fulcrumError('FUL-3021', { part: 'output' }, { operation: name })
    return packr.pack([VALUE, value, version, changed])
  }
  const { code, data } = answered.error
  if (!isPortable(data)) throw fulcrumError('FUL-3021', { part: `data of ${code}` }, { operation: name })
  return packr.pack([ERROR, code, data])
}

/** @throws FUL-3022 for what another version of the application has kept, and this one cannot read. */
export function unpackAnswer(operation: AnyOperation, bytes: Uint8Array): Answered {
  const form: unknown = packr.unpack(bytes)
  const [kind, first, second, third] = Array.isArray(form) ? (form as unknown[]) : []
  if (kind === VALUE && Array.isArray(third)) {
    const version = typeof second === 'string' || typeof second === 'number' ? second : undefined
    return { kind: 'value', value: first, version, changed: third as string[] }
  }
  const declaration = (operation.errors as readonly ErrorDeclaration[]).find(({ name }) => name === first)
  if (kind === ERROR && declaration !== undefined)
    return { kind: 'error', error: new DomainError(declaration, second) }
  const found =
    kind === ERROR ? `the error ${String(first)}, which it does not declare any more` : 'something else'
  throw fulcrumError('FUL-3022', { found }, { operation: operation.name })
}
