import { type Definition, givenName } from './definitions.ts'
import { lastToken } from './json-pointer.ts'

/**
 * Names for components that depend on nothing but the definitions: not on the order of operations, and as little as possible on which others
 * there are. A definition keeps the name that its author gave it (`Money`) unless two different ones share it; then all of that name are told
 * apart by side (`Money`, `Money.Input`), else also by module (`catalog.Money`), else by operation. One without a name is named after its
 * operation (`catalog.tree.output`).
 */
export function componentNames(
  definitions: readonly Definition[],
  reserved: Iterable<string>,
): ReadonlyMap<string, string> {
  const taken = new Map<string, string | undefined>(Array.from(reserved, (name) => [name, undefined]))
  const names = new Map<string, string>()
  for (const group of groups(definitions)) {
    const level = LEVELS.find((candidate) => fits(group, candidate, taken)) ?? operationLevel
    for (const definition of group) {
      const name = claim(level(definition), definition.content, taken)
      names.set(definitionKey(definition.source, definition.reference), name)
    }
  }
  return names
}

export function definitionKey(source: Definition['source'], reference: string): string {
  return `${source.side} ${source.owner} ${reference}`
}

type Level = (definition: Definition) => string

const operationLevel: Level = (definition) => {
  const { owner, side } = definition.source
  const name = lastToken(definition.reference).replace(/^__/, '')
  return legalName(name === '' ? `${owner}.${side}` : `${owner}.${side}.${name}`)
}

const LEVELS: readonly Level[] = [
  nameOf,
  (definition) => `${nameOf(definition)}${sideSuffix(definition)}`,
  (definition) => `${moduleOf(definition)}.${nameOf(definition)}`,
  (definition) => `${moduleOf(definition)}.${nameOf(definition)}${sideSuffix(definition)}`,
]

function nameOf(definition: Definition): string {
  const given = givenName(definition)
  return given === undefined ? operationLevel(definition) : legalName(given)
}

function moduleOf({ source }: Definition): string {
  return source.owner.slice(0, Math.max(0, source.owner.indexOf('.')))
}

function sideSuffix({ source }: Definition): string {
  return source.side === 'input' ? '.Input' : ''
}

/** Definitions of one name together, names and definitions in a fixed order. */
function groups(definitions: readonly Definition[]): readonly (readonly Definition[])[] {
  const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  const sorted = definitions.toSorted((a, b) =>
    byKey(definitionKey(a.source, a.reference), definitionKey(b.source, b.reference)),
  )
  const groupsByName = Map.groupBy(sorted, nameOf)
  return [...groupsByName].toSorted(([a], [b]) => byKey(a, b)).map(([, group]) => group)
}

/** Whether a level gives each name to one content only, and to none that is taken. */
function fits(
  group: readonly Definition[],
  level: Level,
  taken: ReadonlyMap<string, string | undefined>,
): boolean {
  const contents = new Map<string, string>()
  return group.every((definition) => {
    const name = level(definition)
    if (taken.has(name)) return false
    const first = contents.get(name) ?? definition.content
    contents.set(name, first)
    return first === definition.content
  })
}

/** The name, or with a number behind it when something else has it. */
function claim(name: string, content: string, taken: Map<string, string | undefined>): string {
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? name : `${name}.${attempt}`
    if (!taken.has(candidate)) taken.set(candidate, content)
    if (taken.get(candidate) === content) return candidate
  }
}

/** Component names consist of letters, digits, dots, hyphens and underscores (OpenAPI 3.1.1, 4.8.7). */
export function legalName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_')
}
