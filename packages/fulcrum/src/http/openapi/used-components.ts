import type { OpenApiComponents } from './document.ts'
import { isObject } from './json-schema.ts'

/** Only those components that `paths` refer to, directly or through other components, sorted by name. */
export function usedComponents(paths: unknown, all: OpenApiComponents): OpenApiComponents {
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isObject(value)) return
    const { $ref } = value
    if (typeof $ref === 'string' && !used.has($ref)) {
      used.add($ref)
      visit(target(all, $ref))
    }
    Object.values(value).forEach(visit)
  }
  visit(paths)
  const pick = <T>(
    kind: keyof OpenApiComponents,
    components: Readonly<Record<string, T>>,
  ): Record<string, T> => {
    const names = Object.keys(components).filter((name) => used.has(`${PREFIX}${kind}/${name}`))
    return Object.fromEntries(names.toSorted().map((name) => [name, components[name] as T]))
  }
  return {
    schemas: pick('schemas', all.schemas),
    headers: pick('headers', all.headers),
    parameters: pick('parameters', all.parameters),
  }
}

const PREFIX = '#/components/'

function target(all: OpenApiComponents, reference: string): unknown {
  if (!reference.startsWith(PREFIX)) return undefined
  const [kind = '', name = ''] = reference.slice(PREFIX.length).split('/')
  const components = (all as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[kind]
  return components?.[name]
}
