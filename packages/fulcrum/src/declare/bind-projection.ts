import { validationFailed } from '../kernel/errors/validation.ts'
import type { EventEnvelope } from './context.ts'
import type { EventDeclaration } from './event.ts'
import type { Binding } from './module.ts'
import type { Projection, ProjectionForm } from './projection.ts'
import { isSchema, type Schema } from './schema.ts'
import { withStrays } from './stray-fields.ts'

/** What an application has to know of a projection beside its handler. */
export type ProjectionTables = Pick<ProjectionForm<never>, 'tables' | 'seed'>

type Apply = Readonly<Record<string, (data: unknown, ctx: unknown) => unknown>>

/** Binds what the events do to the tables of a projection. Anything may stand there; boot refuses what is wrong. */
export function bindProjection(target: Projection, form: unknown): Binding {
  const { tables, apply, seed, ...strays } = (form ?? {}) as Partial<ProjectionForm<never>>
  const handler = typeof apply === 'object' && apply !== null ? applying(target, apply) : undefined
  const model = { tables, seed } as ProjectionTables
  const binding: Binding = { target, handler, model, applies: Object.keys(apply ?? {}) }
  return Object.freeze(withStrays(binding, strays))
}

/** One handler for all of its events: the envelope says which one it is. */
function applying({ from, name }: Projection, apply: Apply): Binding['handler'] {
  const events: unknown = from
  const declared = Array.isArray(events) ? (events as readonly (EventDeclaration | undefined)[]) : []
  const parses = new Map(declared.map((event) => [event?.name, parseWith(event?.data, name)]))
  return async (data: unknown, ctx: unknown) => {
    const { type } = (ctx as { readonly event: EventEnvelope }).event
    await apply[type]?.(await parses.get(type)?.(data), ctx)
  }
}

function parseWith(schema: Schema | undefined, operation: string): (data: unknown) => Promise<unknown> {
  return async (data) => {
    if (!isSchema(schema)) return data
    const result = await schema['~standard'].validate(data)
    if (result.issues === undefined) return result.value
    const issues = result.issues.map(({ path = [], message }) => ({
      path: path.map(segment).join('.'),
      message,
    }))
    throw validationFailed(issues, { operation })
  }
}

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part)
}
