import { markup, type Markup } from './markup.ts'

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g

/** Indented JSON with its parts told apart. */
export function jsonView(text: string): Markup {
  const parts: (string | Markup)[] = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    const [token, quoted, colon] = match
    parts.push(text.slice(end, match.index))
    if (colon !== undefined) parts.push(markup`<span class="key">${quoted}</span>${colon}`)
    else
      parts.push(
        quoted === undefined
          ? markup`<span class="value">${token}</span>`
          : markup`<span class="text">${token}</span>`,
      )
    end = match.index + token.length
  }
  return markup`${[...parts, text.slice(end)]}`
}
