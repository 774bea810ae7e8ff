/** Statement texts by template: a tagged template's strings are one frozen array per place in the source, so this is bounded by the program. */
const texts = new WeakMap<TemplateStringsArray, string>()

/** The text of a statement that was written as a tagged template: ``select … where id = ${id}`` is `select … where id = $1`. */
export function statementText(strings: TemplateStringsArray): string {
  const known = texts.get(strings)
  if (known !== undefined) return known
  const text = strings.reduce((before, part, index) => `${before}$${index}${part}`)
  texts.set(strings, text)
  return text
}
