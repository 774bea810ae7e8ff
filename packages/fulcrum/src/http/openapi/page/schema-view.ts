import type { JsonSchema } from '../../../declare/schema.ts'
import type { OpenApiDocument } from '../document.ts'
import { isObject, type JsonSchemaNode, nodesOf } from '../json-schema.ts'
import { type Content, markup, type Markup, prose } from './markup.ts'
import { componentOf, followed } from './reader.ts'
import { constraintsOf, typeOf } from './schema-words.ts'

export type Direction = 'sent' | 'received'

interface View {
  readonly document: OpenApiDocument
  /** What callers send: they need to know what is required. What they get: they need to know what may be missing. */
  readonly direction: Direction
  /** Components that this schema stands in: they are named again, but not opened again. */
  readonly above: readonly string[]
}

/** A schema for people: its type in words, then its members, indented. */
export function schemaView(node: JsonSchemaNode, direction: Direction, document: OpenApiDocument): Markup {
  const view = { document, direction, above: [] }
  const label = markup`<p class="type-line">
    <span class="type">${typeOf(node, document)}</span>${details(node, view)}
  </p>`
  const nested = insides(node, view)
  // A plain object needs no introduction.
  return isPlainObject(followed(node, document)) ? (nested ?? label) : markup`${label}${nested}`
}

interface Named {
  readonly name: string
  readonly required: boolean
  readonly schema: JsonSchemaNode
  readonly description?: string | undefined
}

/** A list of named values that callers send. */
export function fieldList(fields: readonly Named[], document: OpenApiDocument): Markup {
  return fieldsOf(fields, { document, direction: 'sent', above: [] })
}

function fieldsOf(fields: readonly Named[], view: View): Markup {
  return markup`<ul class="fields">
    ${fields.map((field) => fieldView(field, view))}
  </ul>`
}

function fieldView({ name, required, schema, description }: Named, view: View): Markup {
  const need = needOf(required, view)
  const head = markup`<code class="name">${name}</code>
    <span class="type">${typeOf(schema, view.document)}</span> ${need}`
  return markup`<li>
    <div class="field">${head}${details(schema, view, description)}</div>
    ${insides(schema, view)}
  </li>`
}

function needOf(required: boolean, { direction }: View): Markup | undefined {
  if (direction === 'sent') return required ? markup`<span class="need">required</span>` : undefined
  return required ? undefined : markup`<span class="constraint">may be missing</span>`
}

/** Constraints and description. */
function details(node: JsonSchemaNode, { document }: View, given?: string): Content {
  const schema = followed(node, document)
  const constraints = constraintsOf(node).map((text) => markup` <span class="constraint">${text}</span>`)
  const own = isObject(node) ? node['description'] : undefined
  const text = given ?? own ?? (isObject(schema) ? schema['description'] : undefined)
  return [constraints, typeof text === 'string' && markup`<p class="about">${prose(text)}</p>`]
}

/** What is inside of an object, of the items of a list, of variants. */
function insides(node: JsonSchemaNode, view: View): Markup | undefined {
  const name = componentOf(node)
  if (name !== undefined && view.above.includes(name)) return undefined
  const schema = followed(node, view.document)
  if (!isObject(schema)) return undefined
  const inner = name === undefined ? view : { ...view, above: [...view.above, name] }
  const parts = [membersView(schema, inner), itemsView(schema, inner), ...variantViews(schema, inner)]
  const present = parts.filter((part) => part !== undefined)
  return present.length === 0 ? undefined : markup`${present}`
}

function membersView(
  { properties, required, additionalProperties }: JsonSchema,
  view: View,
): Markup | undefined {
  const needed = Array.isArray(required) ? (required as unknown[]) : []
  const fields = Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => {
    return { name, required: needed.includes(name), schema: schema as JsonSchemaNode }
  })
  const others = isObject(additionalProperties)
    ? [{ name: '…', required: false, schema: additionalProperties }]
    : []
  return fields.length + others.length === 0 ? undefined : fieldsOf([...fields, ...others], view)
}

function itemsView({ items }: JsonSchema, view: View): Markup | undefined {
  return isObject(items) ? insides(items, view) : undefined
}

function variantViews(schema: JsonSchema, view: View): Markup[] {
  const lists = [schema['allOf'], schema['oneOf'], schema['anyOf']]
  const [together = [], ...alternatives] = lists.map(nodesOf)
  const joined = together.flatMap((part) => insides(part, view) ?? [])
  const variants = alternatives.flat().flatMap((variant) => {
    const inside = insides(variant, view)
    const label = markup`<p class="variant">
      Variant: <span class="type">${typeOf(variant, view.document)}</span>
    </p>`
    return inside === undefined ? [] : markup`<div class="variant-box">${label}${inside}</div>`
  })
  return [...joined, ...variants]
}

function isPlainObject(node: JsonSchemaNode): boolean {
  return (
    isObject(node) &&
    isObject(node['properties']) &&
    node['oneOf'] === undefined &&
    node['anyOf'] === undefined
  )
}
