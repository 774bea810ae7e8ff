import type { AnyOperation } from '../declare/operation.ts'

/** Which data an operation reads or changes, as far as its declaration tells. */
export interface Touched {
  readonly verb: 'reads' | 'changes'
  /** `profile(userId)`, with the paths of input and output in place of values; `undefined` where that cannot be found out without a real input. */
  readonly tags: readonly string[] | undefined
}

/** `undefined` where an operation does not declare tags. */
export function touchedTags({ reads, changes }: AnyOperation): Touched | undefined {
  if (reads !== undefined) return { verb: 'reads', tags: tagsOf(reads) }
  if (changes !== undefined) return { verb: 'changes', tags: tagsOf(changes) }
  return undefined
}

function tagsOf(declared: (input: never, output: never) => unknown): readonly string[] | undefined {
  try {
    const tags: unknown = declared(stand('') as never, stand('output') as never)
    return Array.isArray(tags) ? [...new Set(tags.map(idOf))] : undefined
  } catch {
    // It computes with the input, which a stand-in cannot take part in.
    return undefined
  }
}

/** The stand-ins show as JSON texts in a tag's id; without the quotes they read like the parameters that they are. */
function idOf(tag: unknown): string {
  const { id } = tag as { readonly id?: unknown }
  if (typeof id !== 'string') throw new TypeError('not a tag')
  return id.replaceAll('"', '')
}

const LISTS: ReadonlySet<PropertyKey> = new Set(['map', 'flatMap', 'filter'])

/**
 * Stands in for an input that is not there yet: every member of it is a stand-in that knows its path, a list of one item where a list is expected,
 * and its path where a text is expected.
 */
function stand(path: string): unknown {
  return new Proxy(() => undefined, {
    get: (_, key) => {
      if (key === 'toJSON' || key === 'toString') return () => path
      if (key === Symbol.toPrimitive) return () => path
      if (key === Symbol.iterator) return () => [stand(`${path}[]`)].values()
      if (LISTS.has(key)) return listMethod(path, key)
      if (typeof key === 'symbol') return undefined
      return stand(path === '' ? key : `${path}.${key}`)
    },
    apply: () => {
      throw new TypeError('the input is not known yet')
    },
  })
}

function listMethod(path: string, name: PropertyKey): (each: (item: unknown) => unknown) => unknown {
  return (each) => {
    if (name === 'filter') return stand(path)
    const items = [each(stand(`${path}[]`))]
    return name === 'flatMap' ? items.flat() : items
  }
}
