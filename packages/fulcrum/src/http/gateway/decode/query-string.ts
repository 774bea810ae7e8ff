import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'

/**
 * The parameters of a query string, as HTML forms write it (https://url.spec.whatwg.org/#urlencoded-parsing): `+` is a blank, a repeated name
 * has several values. Stricter than that parser: what is not percent-encoded UTF-8 is refused, not replaced.
 */
export function parseQueryString(query: string): Map<string, string | string[]> {
  const parameters = new Map<string, string | string[]>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals === -1 ? part : part.slice(0, equals))
    add(parameters, name, equals === -1 ? '' : decode(part.slice(equals + 1)))
  }
  return parameters
}

function add(parameters: Map<string, string | string[]>, name: string, value: string): void {
  // An assignment to it would not make a member but change what the input inherits.
  if (name === '__proto__') throw malformedQuery('a parameter is named __proto__')
  const before = parameters.get(name)
  if (before === undefined) parameters.set(name, value)
  else if (typeof before === 'string') parameters.set(name, [before, value])
  else before.push(value)
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw malformedQuery('it is not percent-encoded UTF-8')
  }
}

function malformedQuery(reason: string): Error {
  return fulcrumError('FUL-2007', { part: 'query', reason })
}
