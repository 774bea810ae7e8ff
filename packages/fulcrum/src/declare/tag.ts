import type { InputOf, Schema } from './schema.ts'

/** A name of one piece of data, such as `profile(7c…)`: what queries read and commands change. */
export interface Tag {
  /** The tag's declaration, e.g. `profile`. */
  readonly name: string
  /** The tag and its arguments in one string, equal for equal tags: `profile(7c…)`. */
  readonly id: string
  /** What it was made with. */
  readonly args: readonly unknown[]
}

/** Makes tags of one kind; what `tag()` returns. */
export interface TagDeclaration<Args extends readonly unknown[] = readonly unknown[]> {
  (...args: Args): Tag
  readonly kind: 'tag'
  readonly tagName: string
  readonly schemas: readonly Schema[]
}

type ArgsOf<S extends readonly Schema[]> = { -readonly [K in keyof S]: InputOf<S[K]> }

/**
 * Declares a kind of data by name. The schemas say which arguments identify one instance; a tag without any names a collection, which is what
 * a list query reads.
 *
 * ```ts
 * export const profile = tag('profile', z.uuid())   // profile(userId)
 * export const products = tag('products')           // products()
 * ```
 */
export function tag<const S extends readonly Schema[]>(
  name: string,
  ...schemas: S
): TagDeclaration<ArgsOf<S>> {
  const make = (...args: ArgsOf<S>): Tag =>
    Object.freeze({ name, id: tagId(name, args), args: Object.freeze(args) })
  return Object.freeze(
    Object.assign(make, { kind: 'tag' as const, tagName: name, schemas: Object.freeze(schemas) }),
  )
}

/** `name(a,b)`. JSON keeps arguments apart whose plain texts would be equal when joined, such as `('a,b')` and `('a', 'b')`. */
function tagId(name: string, args: readonly unknown[]): string {
  const [only] = args
  if (args.length === 1 && typeof only === 'string' && !/[",()]/.test(only)) return `${name}(${only})`
  return `${name}(${args.map((arg) => JSON.stringify(arg)).join(',')})`
}
