import type { OpenApiDocument } from '../document.ts'
import type { OperationObject } from '../operation-object.ts'
import type { Response } from '../responses.ts'
import { commonErrors, declaredErrors, type PageError, statusKind } from './errors.ts'
import { errorMembers } from './errors-view.ts'
import { markup, type Markup, prose } from './markup.ts'
import { schemaView } from './schema-view.ts'

/** Every answer of an operation: success and its own errors in full, those that others have as well by name. */
export function answersView(operation: OperationObject, document: OpenApiDocument): Markup {
  const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'))
  const answers = [
    ...successes.map(([status, response]) => successView(status, response, document)),
    ...declaredErrors(operation, document).map((error) => errorView(error, document)),
  ]
  return markup`<section class="answers">
    <h4>Answers</h4>
    ${answers} ${alsoView(commonErrors(operation, document))}
  </section>`
}

function successView(status: string, response: Response, document: OpenApiDocument): Markup {
  const content = Object.values(response.content ?? {}).map(({ schema }) =>
    schemaView(schema, 'received', document),
  )
  return markup`<details class="answer" open>
    <summary>
      <span class="status good">${status}</span> <span>${prose(response.description)}</span>
    </summary>
    <div class="inside">${content}${headersView(response)}</div>
  </details>`
}

function errorView(error: PageError, document: OpenApiDocument): Markup {
  const { status, code, title } = error
  const head = markup`<span class="status ${statusKind(status)}">${status}</span>
    <span>${title} <code>${code}</code></span>`
  const members = errorMembers(error, document)
  if (members === undefined) return markup`<div class="answer"><div class="line">${head}</div></div>`
  return markup`<details class="answer">
    <summary>${head}</summary>
    <div class="inside">${members}</div>
  </details>`
}

function alsoView(errors: readonly PageError[]): Markup | undefined {
  if (errors.length === 0) return undefined
  const links = errors.map(({ status, code, title }) => {
    const label = markup`<span class="status ${statusKind(status)}">${status}</span> ${title}`
    return markup`<li><a href="#${code}">${label}</a></li>`
  })
  return markup`<p class="label">As any operation may</p>
    <ul class="also">
      ${links}
    </ul>`
}

/** What they mean, the introduction says, or their standards. */
function headersView({ headers = {} }: Response): Markup | undefined {
  const names = Object.keys(headers)
  if (names.length === 0) return undefined
  const shown = names.map((name) => markup`<code>${name}</code> `)
  return markup`<p class="headers"><span class="label">Headers</span> ${shown}</p>`
}
