import { invalidOption } from './invalid-option.ts'

/** Request headers by name, in any case. */
export type HeaderValues = Readonly<Record<string, string>>

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Adds headers, replacing those of the same name. Refuses what HTTP cannot carry (RFC 9110, 5.1 and 5.5) before anything is sent. */
export function addHeaders(headers: Record<string, string>, added: HeaderValues, operation: string): void {
  for (const [name, value] of Object.entries(added)) {
    if (!NAME.test(name)) {
      throw invalidOption({ field: 'headers', found: name, allowed: 'names of headers', operation })
    }
    if (typeof value !== 'string' || !VALUE.test(value)) {
      throw invalidOption({
        field: `headers.${name}`,
        found: value,
        allowed: 'visible Latin-1 text',
        operation,
      })
    }
    headers[name.toLowerCase()] = value
  }
}
