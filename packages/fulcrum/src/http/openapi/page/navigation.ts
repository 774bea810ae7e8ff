import type { OpenApiDocument } from '../document.ts'
import { markup, type Markup } from './markup.ts'
import type { PageModule, PageOperation } from './reader.ts'

/** The side of the page: name, filter, and a link to every operation. */
export function navigation(modules: readonly PageModule[], { info }: OpenApiDocument): Markup {
  return markup`<div class="side">
    <div class="brand">
      ${MARK}<a href="#main">${info.title}</a>
      <button type="button" class="menu" aria-expanded="false" aria-controls="operations" hidden>
        Operations
      </button>
    </div>
    <nav id="operations" aria-label="Operations">
      <div class="find" hidden>
        <label for="filter" class="unseen">Filter operations</label>
        <input
          id="filter"
          type="search"
          placeholder="Filter operations"
          autocomplete="off"
          spellcheck="false"
        /><kbd>/</kbd>
      </div>
      ${modules.map(moduleLinks)}
      <p class="more"><a href="#errors">Errors of any operation</a></p>
      <p class="none" hidden>No operation matches.</p>
      <details class="headers-box" hidden>
        <summary>Headers of requests</summary>
        <label for="headers">Sent with every request from this page, one in a line</label>
        <textarea id="headers" rows="3" spellcheck="false" placeholder="Authorization: Bearer …"></textarea>
      </details>
    </nav>
  </div>`
}

/** A beam on its fulcrum. */
const MARK = markup`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
  <path d="M3 8.6 21 5.4" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
  <path d="M12 9.4 17.2 19H6.8z" fill="currentColor" />
</svg>`

function moduleLinks({ name, operations }: PageModule): Markup {
  return markup`<div class="group">
    <p class="title"><a href="#module-${name}">${name}</a></p>
    <ul>
      ${operations.map(link)}
    </ul>
  </div>`
}

function link({ method, path, operation: { operationId, summary } }: PageOperation): Markup {
  const short = operationId.slice(operationId.indexOf('.') + 1)
  const searched = `${method} ${path} ${operationId} ${summary ?? ''}`.toLowerCase()
  return markup`<li data-search="${searched}">
    <a href="#${operationId}"
      ><span>${short}</span><span class="verb ${method}">${method.toUpperCase()}</span></a
    >
  </li>`
}
