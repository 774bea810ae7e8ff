import type { OpenApiDocument } from '../document.ts'
import { fromEntries, isObject } from '../json-schema.ts'
import { commonErrors, type PageError, statusKind } from './errors.ts'
import { markup, type Markup, prose } from './markup.ts'
import { modulesOf } from './reader.ts'
import { schemaView } from './schema-view.ts'

export const ERRORS_ID = 'errors'

/** The errors that operations have in common, each once. */
export function errorsView(document: OpenApiDocument): Markup | undefined {
  const operations = modulesOf(document).flatMap((module) => module.operations)
  const all = operations.flatMap(({ operation }) => commonErrors(operation, document))
  const byCode = [...new Map(all.map((error) => [error.code, error])).values()]
  if (byCode.length === 0) return undefined
  const sorted = byCode.toSorted((a, b) => (a.status + a.code < b.status + b.code ? -1 : 1))
  const rows = sorted.map((error) => commonErrorView(error, document))
  return markup`<section class="module" aria-labelledby="${ERRORS_ID}">
    <h2 id="${ERRORS_ID}">Errors of any operation</h2>
    <ul class="errors">
      ${rows}
    </ul>
  </section>`
}

function commonErrorView(error: PageError, document: OpenApiDocument): Markup {
  const { status, code, title, description } = error
  return markup`<li id="${code}">
    <p>
      <span class="status ${statusKind(status)}">${status}</span> <strong>${title}</strong> <code>${code}</code>
    </p>
    <p class="about">${prose(description)}</p>
    ${errorMembers(error, document)}
  </li>`
}

/** What an error carries beyond the members of every problem document. */
export function errorMembers({ schema }: PageError, document: OpenApiDocument): Markup | undefined {
  const { properties, required } = schema
  const own = Object.entries(isObject(properties) ? properties : {}).filter(
    ([name]) => name !== 'code' && name !== 'status',
  )
  if (own.length === 0) return undefined
  return schemaView({ type: 'object', properties: fromEntries(own), required }, 'received', document)
}
