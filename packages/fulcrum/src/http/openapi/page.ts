import type { OpenApiDocument } from './document.ts'
import { contentSecurityPolicy } from './page/content-security-policy.ts'
import { errorsView } from './page/errors-view.ts'
import { navigation } from './page/navigation.ts'
import { markup, type Markup, paragraphs } from './page/markup.ts'
import { operationView } from './page/operation-view.ts'
import { modulesOf, type PageModule } from './page/reader.ts'
import { PAGE_SCRIPT } from './page/script.ts'
import { PAGE_STYLE } from './page/style.ts'

export interface OpenApiPage {
  /** A complete document: nothing else is loaded. */
  readonly html: string
  /** The value of `Content-Security-Policy` for it: its own style and script by their hashes, requests to its own origin, nothing else. */
  readonly contentSecurityPolicy: string
}

/**
 * The documentation of an application as one HTML page, made from its OpenAPI document: modules, operations, what their contracts promise and
 * give up, schemas, requests to copy and a form to send them. Readable without its script.
 */
export function openapiPage(document: OpenApiDocument): OpenApiPage {
  const [beforeStyle, afterStyle, afterScript] = shell(document)
  const page = `${beforeStyle}<style>${PAGE_STYLE}</style>${afterStyle}<script>${PAGE_SCRIPT}</script>${afterScript}`
  return {
    html: page,
    contentSecurityPolicy: contentSecurityPolicy({ style: PAGE_STYLE, script: PAGE_SCRIPT }),
  }
}

/** From this many operations on, those out of sight are laid out only when they come into sight: cheaper, but jumps need a second try. */
const LONG = 60

function shell(document: OpenApiDocument): readonly [string, string, string] {
  const modules = modulesOf(document)
  const count = modules.reduce((sum, { operations }) => sum + operations.length, 0)
  const head = markup`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${document.info.title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:," />
    `
  const body = markup`
  </head>
  <body>
    <a class="skip" href="#main">Skip to the operations</a>
    ${navigation(modules, document)}
    <main id="main" tabindex="-1" class="${count > LONG && 'long'}">
      ${introduction(document, modules.length, count)}${modules.map((module) => moduleView(module, document))}${errorsView(document)}
    </main>
    `
  return [String(head), String(body), '\n  </body>\n</html>\n']
}

function introduction({ info }: OpenApiDocument, modules: number, operations: number): Markup {
  const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`
  return markup`<header class="intro">
    <h1>${info.title}</h1>
    <p class="facts-line">
      <span>Version ${info.version}</span><span>${counted(modules, 'module')}</span
      ><span>${counted(operations, 'operation')}</span><a href="openapi.json">OpenAPI 3.1</a>
    </p>
    ${info.summary !== undefined && markup`<p class="lead">${info.summary}</p>`}${info.description !== undefined && paragraphs(info.description)}
    <div class="reading">
      <p>Each operation states its <strong>contract</strong>: what callers may rely on, and what is given up for it.</p>
      <p>Errors are <strong>problem documents</strong> (RFC 9457), told apart by <code>code</code>. <a href="#errors">Some</a> may come from any operation. <code>X-Request-Id</code> finds each in the log.</p>
      <p><code>Fulcrum-Source</code> says what served an answer. <code>Fulcrum-Deadline</code> says how long a caller waits, and in the answer what was left of it.</p>
    </div>
  </header>`
}

function moduleView({ name, operations }: PageModule, document: OpenApiDocument): Markup {
  return markup`<section class="module" aria-labelledby="module-${name}">
    <h2 id="module-${name}">${name}</h2>
    ${operations.map((operation) => operationView(operation, document))}
  </section>`
}
