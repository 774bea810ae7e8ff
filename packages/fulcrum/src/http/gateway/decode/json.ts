import { isUtf8 } from 'node:buffer'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'

/** How deep arrays and objects may be nested. What walks a value recursively (validators, serialisers) has a stack that ends somewhere. */
export const MAX_DEPTH = 64

/**
 * Reads JSON (RFC 8259) that strangers sent. Refused besides what is not JSON: invalid UTF-8, a byte order mark, more than 64 levels, and
 * members that change what objects inherit when they are copied (`__proto__`, `constructor.prototype`). Of members with the same name the last
 * one counts, as in `JSON.parse`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw malformedBody('it is not UTF-8')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (isDeep(text)) throw tooDeep()
  const value = parse(text)
  // Only a text that spells one of these names, or could spell it with escapes, is worth a walk.
  if (/__proto__|constructor|\\u/.test(text)) refusePoison(value)
  return value
}

/** The same refusals for a value that another parser has made. */
export function checkParsed(value: unknown): unknown {
  refusePoison(value)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformedBody(`it is not JSON (${(error as Error).message})`)
  }
}

function isDeep(text: string): boolean {
  return opens(text, '[') + opens(text, '{') > MAX_DEPTH && depthOf(text) > MAX_DEPTH
}

/** How often a bracket occurs, wherever: as many levels there are at most. Stops counting when it is too many. */
function opens(text: string, bracket: string): number {
  let count = 0
  for (let at = text.indexOf(bracket); at !== -1 && count <= MAX_DEPTH; at = text.indexOf(bracket, at + 1))
    count++
  return count
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let index = 0; index < text.length && deepest <= MAX_DEPTH; index++) {
    const char = text.charCodeAt(index)
    if (char === 0x22) quoted = !quoted
    else if (char === 0x5c) index++
    else if (quoted) continue
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x5d || char === 0x7d) depth--
  }
  return deepest
}

function refusePoison(value: unknown): void {
  let level = [value].filter(isContainer)
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep()
    if (level.some(isPoisoned))
      throw malformedBody('it has a member named __proto__ or constructor.prototype')
    level = level.flatMap((container) => Object.values(container).filter(isContainer))
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isPoisoned(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true
  if (!Object.hasOwn(value, 'constructor')) return false
  const { constructor } = value
  return isContainer(constructor) && Object.hasOwn(constructor, 'prototype')
}

function tooDeep(): Error {
  return malformedBody(`it is nested deeper than ${MAX_DEPTH} levels`)
}

function malformedBody(reason: string): Error {
  return fulcrumError('FUL-2007', { part: 'body', reason })
}
