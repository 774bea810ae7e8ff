import type { ErrorRow, Extensions } from './row.ts'
import type { ErrorCode, ErrorTable } from './table.ts'

/** What a placeholder may be filled with. Lists are joined with commas. Values end up in messages: put no secret into them. */
export type ParamValue = string | number | bigint | boolean | readonly (string | number)[]

/** The names between braces in a message: `Placeholders<'{a} and {b}'>` is `'a' | 'b'`. */
export type Placeholders<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

type Carried<Row> = Row extends { readonly carries: readonly (infer Key extends keyof Extensions)[] }
  ? { readonly [K in Key]: Extensions[K] }
  : unknown

type ParamsOfRow<Row extends ErrorRow> = {
  readonly [Name in Placeholders<Row['message']>]: ParamValue
} & Carried<Row>

/** The parameters of an error code: a value per placeholder of its message, and the extensions that it carries. */
export type ErrorParams<Code extends ErrorCode> = Code extends ErrorCode
  ? ParamsOfRow<ErrorTable[Code]>
  : never

const PLACEHOLDER = /\{(\w+)\}/g

/** The placeholder names of a message, in order, each once. */
export function placeholders(message: string): string[] {
  return [...new Set(Array.from(message.matchAll(PLACEHOLDER), (match) => match[1] as string))]
}

/** Fills the placeholders of a message. Values are inserted as they are, so braces in a value stay as they are. */
export function fill(message: string, params: Readonly<Record<string, unknown>>): string {
  return message.replace(PLACEHOLDER, (_, name: string) => text(params[name]))
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}
