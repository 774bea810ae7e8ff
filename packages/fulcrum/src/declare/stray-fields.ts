const STRAYS = Symbol.for('fulcrum.strays')

/** Keeps the names of fields that a definition had and its declaration does not, so that boot can refuse what would otherwise vanish. */
export function withStrays<T extends object>(declaration: T, strays: object): T {
  const names = Object.entries(strays).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  return names.length === 0 ? declaration : Object.assign(declaration, { [STRAYS]: Object.freeze(names) })
}

export function straysOf(declaration: object): readonly string[] {
  return (declaration as { readonly [STRAYS]?: readonly string[] })[STRAYS] ?? []
}
