/** A piece of HTML that is safe to put into a page: only `markup` makes one, from its own text and escaped values. */
export class Markup {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  /** For `markup` alone: its literal parts are the page's own text. */
  static join(strings: readonly string[], values: readonly Content[]): Markup {
    return new Markup(
      strings.map((text, index) => (index === 0 ? text : render(values[index - 1]) + text)).join(''),
    )
  }
}

/** What may stand in a template: text and numbers are escaped, markup is not, lists are joined, `undefined` and `false` are nothing. */
export type Content = string | number | Markup | false | undefined | readonly Content[]

/** Writes HTML. Values are escaped for text and for quoted attributes: quote every attribute, and never fill in a script or a style. */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return Markup.join(strings, values)
}

function render(value: Content): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.toString()
  if (Array.isArray(value)) return value.map(render).join('')
  return escape(String(value))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] as string)
}

/** Prose with `` `code` ``, the only Markdown that facts and reasons use. */
export function prose(text: string): Markup {
  return markup`${text.split(/(`[^`]+`)/).map((part) => (/^`.+`$/s.test(part) ? markup`<code>${part.slice(1, -1)}</code>` : part))}`
}

/** Paragraphs, separated by blank lines. */
export function paragraphs(text: string): Markup {
  return markup`${text.split(/\n\s*\n/).map((part) => markup`<p>${prose(part)}</p>`)}`
}

/** What a document holds where it should hold text: nothing, where it does not. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
