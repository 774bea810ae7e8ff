import { bodyContent } from '../input-parts.ts'
import type { OpenApiDocument } from '../document.ts'
import type { Fact } from '../../../plan/facts.ts'
import { isObject } from '../json-schema.ts'
import { answersView } from './answers-view.ts'
import { markup, type Markup, prose, textOf } from './markup.ts'
import type { PageOperation } from './reader.ts'
import { requestPanel } from './request-panel.ts'
import { fieldList, schemaView } from './schema-view.ts'

/** One operation: what it promises, what it takes, what it answers, and a request to try. */
export function operationView(shown: PageOperation, document: OpenApiDocument): Markup {
  const { operation } = shown
  return markup`<article
    class="operation"
    id="${operation.operationId}"
    aria-labelledby="${operation.operationId}--title"
  >
    <header>
      <h3 id="${operation.operationId}--title">
        <span class="method ${shown.method}">${shown.method.toUpperCase()}</span>
        <code class="path">${pathView(shown.path)}</code>
        <a class="anchor" href="#${operation.operationId}" aria-label="Link to ${operation.operationId}">#</a>
      </h3>
      ${operation.summary !== undefined && markup`<p class="summary">${operation.summary}</p>`}
      <p class="chips">
        <code class="chip id">${operation.operationId}</code>
        <span class="chip">${operation['x-fulcrum'].kind}</span>
        ${operation['x-fulcrum'].facts.map(chip)}
      </p>
    </header>
    <div class="columns">
      <div class="reference">
        ${factsView(operation['x-fulcrum'].facts)} ${parametersView(shown, document)}
        ${bodyView(shown, document)} ${answersView(operation, document)} ${planView(shown)}
      </div>
      ${requestPanel(shown, document)}
    </div>
  </article>`
}

/** `/profiles/{userId}` with its parameters set off, breakable after slashes. */
function pathView(path: string): Markup {
  const parts = path.split(/(\{[^}]+\})/).map((part) => {
    if (part.startsWith('{')) return markup`<var>${part}</var>`
    return markup`${part.split('/').map((segment, index) => (index === 0 ? segment : markup`/<wbr />${segment}`))}`
  })
  return markup`${parts}`
}

function chip({ topic, short }: Fact): Markup {
  return markup`<span class="chip ${topic.toLowerCase().replaceAll(' ', '-')}" title="${topic}">${short}</span>`
}

function factsView(facts: readonly Fact[]): Markup | undefined {
  if (facts.length === 0) return undefined
  const rows = facts.map(({ topic, promise, cost }) => {
    const paid =
      cost === undefined ? undefined : markup`<p class="cost"><span>Gives up</span> ${prose(cost)}</p>`
    return markup`<div>
      <dt>${topic}</dt>
      <dd>
        <p>${prose(promise)}</p>
        ${paid}
      </dd>
    </div>`
  })
  return markup`<section class="contract">
    <h4>Contract</h4>
    <dl>${rows}</dl>
  </section>`
}

const PLACES = [
  ['path', 'In the path'],
  ['query', 'In the query string'],
  ['header', 'Headers'],
] as const

/** Those that every operation has are left to the introduction. */
function parametersView({ operation }: PageOperation, document: OpenApiDocument): Markup {
  const all = operation.parameters.filter((parameter) => 'in' in parameter)
  const lists = PLACES.map(([place, title]) => {
    const found = all.filter((parameter) => parameter.in === place)
    if (found.length === 0) return undefined
    const fields = found.map(({ name, required = false, schema, description }) => {
      return { name, required, schema, description }
    })
    return markup`<section>
      <h4>${title}</h4>
      ${fieldList(fields, document)}
    </section>`
  })
  return markup`${lists}`
}

function bodyView(
  { operation: { requestBody } }: PageOperation,
  document: OpenApiDocument,
): Markup | undefined {
  if (requestBody === undefined) return undefined
  const optional = requestBody.required ? undefined : markup` <span class="constraint">may be left out</span>`
  const { schema, type } = bodyContent(requestBody)
  const each =
    type === 'application/json' ? undefined : markup` <span class="constraint">one on each line</span>`
  return markup`<section>
    <h4>Body ${optional}${each}</h4>
    ${schemaView(schema, 'sent', document)}
  </section>`
}

function planView({ operation }: PageOperation): Markup | undefined {
  const { stages, absent, emits } = operation['x-fulcrum']
  if (stages.length === 0) return undefined
  const present = stages.map((stage) => markup`<li>${reasonView(stage)}</li>`)
  const missing = absent.map((stage) => markup`<li class="absent">${reasonView(stage)}</li>`)
  const out =
    missing.length === 0
      ? undefined
      : markup`<p class="label">Left out</p>
          <ul class="stages">
            ${missing}
          </ul>`
  const events =
    emits.length === 0
      ? undefined
      : markup`<p class="label">Emits</p>
          <p>${emits.map((name) => markup`<code>${name}</code> `)}</p>`
  return markup`<details class="plan">
    <summary>How it runs</summary>
    <ol class="stages">
      ${present}
    </ol>
    ${out}${events}
  </details>`
}

function reasonView(stage: unknown): Markup | undefined {
  if (!isObject(stage)) return undefined
  return markup`<strong>${textOf(stage['stage'])}</strong> <span>${prose(textOf(stage['reason']))}</span>`
}
