import { validationFailed } from '../../../kernel/errors/validation.ts'

/**
 * An input as it comes back from where it is kept: JSON. So what is validated when a job is enqueued is what it will be run with.
 *
 * @throws FUL-2001 for what JSON cannot hold.
 */
export function keptInput(input: unknown, operation: string): unknown {
  if (input === undefined) return undefined
  const text = textOf(input, operation)
  if (text === undefined) throw notKept('it has no form in JSON', operation)
  // PostgreSQL's jsonb holds no such character.
  if (text.includes(String.raw`\u0000`) && holdsZero(JSON.parse(text)))
    throw notKept('it contains the character U+0000', operation)
  return JSON.parse(text)
}

function textOf(input: unknown, operation: string): string | undefined {
  try {
    const text: string | undefined = JSON.stringify(input)
    return text
  } catch (error) {
    throw notKept(error instanceof Error ? error.message : 'it has no form in JSON', operation)
  }
}

function holdsZero(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, member]) => name.includes('\0') || holdsZero(member))
}

function notKept(reason: string, operation: string): Error {
  return validationFailed([{ path: '', message: `cannot be kept as JSON: ${reason}` }], { operation })
}
