import type { OpenApiDocument } from '../document.ts'
import { bodyContent, type Parameter } from '../input-parts.ts'
import { isObject } from '../json-schema.ts'
import { exampleOf } from './example.ts'
import { jsonView } from './json-view.ts'
import { markup, type Markup } from './markup.ts'
import { type PageOperation, parametersOf } from './reader.ts'
import { bodyExample, curlOf, parameterExample, requestExample } from './request-example.ts'

/** Where the page's script puts the origin that the page came from. */
const ORIGIN = 'http://localhost:4000'

/** A request to copy, a form to send one, and an answer as it could be. */
export function requestPanel(shown: PageOperation, document: OpenApiDocument): Markup {
  const answer = answerExample(shown, document)
  return markup`<aside class="panel" aria-label="Example of ${shown.operation.operationId}">
    <div class="code">
      <div class="bar"><span>Request</span><button type="button" class="copy" hidden>Copy</button></div>
      <pre tabindex="0" class="curl">${curlOf(requestExample(shown, document), ORIGIN)}</pre>
    </div>
    ${tryForm(shown, document)}
    ${
      answer !== undefined &&
      markup`<div class="code">
        <div class="bar"><span>Answer, for example</span></div>
        <pre tabindex="0">${jsonView(answer)}</pre>
      </div>`
    }
  </aside>`
}

function answerExample({ operation }: PageOperation, document: OpenApiDocument): string | undefined {
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1]
  const schema = success?.content?.['application/json']?.schema
  const example = schema === undefined ? undefined : exampleOf(schema, document)
  return example === undefined ? undefined : JSON.stringify(example, undefined, 2)
}

/** Works with the page's script only, and stays hidden without it. */
function tryForm({ method, path, operation }: PageOperation, document: OpenApiDocument): Markup {
  const parameters = parametersOf(document, operation).filter(isSimple)
  const sent = operation.requestBody && bodyContent(operation.requestBody)
  const body = bodyExample(sent, document)
  const id = operation.operationId
  const changes = operation['x-fulcrum'].kind === 'command'
  return markup`<details class="try" hidden>
    <summary>Try it</summary>
    <form data-method="${method.toUpperCase()}" data-path="${path}" data-type="${sent?.type ?? 'application/json'}">
      ${parameters.map((parameter) => parameterInput(parameter, id, document))}
      ${body !== undefined && markup`<label for="${id}--body">Body</label><textarea id="${id}--body" name="body" data-in="body" rows="${Math.min(12, body.split('\n').length + 1)}" spellcheck="false">${body}</textarea>`}
      <div class="send">
        <button type="submit">Send</button>${changes && markup`<span class="note">This changes data.</span>`}
      </div>
    </form>
    <div class="result" aria-live="polite"></div>
  </details>`
}

/** Parameters of any name have no field of their own. */
function isSimple({ in: place, schema }: Parameter): boolean {
  return place !== 'query' || !isObject(schema) || schema['type'] !== 'object'
}

function parameterInput(parameter: Parameter, operation: string, document: OpenApiDocument): Markup {
  const { name, in: place, required = false } = parameter
  const id = `${operation}--${place}-${name}`
  const value = required ? parameterExample(parameter, document) : ''
  return markup`<label for="${id}">${name}${required && markup` <span class="need">required</span>`}</label>
    <input
      id="${id}"
      name="${name}"
      data-in="${place}"
      value="${value}"
      autocomplete="off"
      spellcheck="false"
      ${required && markup` required`}
    />`
}
