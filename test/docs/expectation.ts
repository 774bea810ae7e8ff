/** Whether output is as a page states it: `…` is anything on its line, a line of `…` alone any number of lines. */
export function isAsStated(stated: string, output: string): boolean {
  return new RegExp(`^${patternOf(stated)}$`).test(normal(output))
}

/** Whether what is stated is somewhere in output, as whole lines. */
export function containsStated(stated: string, output: string): boolean {
  if (normal(stated) === '') return true
  return new RegExp(`(?:^|\\n)${patternOf(stated)}(?:\\n|$)`).test(normal(output))
}

/** Whether a text contains an excerpt: whole lines of it, however indented; `…` leaves something out, as in output. */
export function isQuoteOf(excerpt: string, text: string): boolean {
  return containsStated(withoutIndentation(excerpt), withoutIndentation(text))
}

function withoutIndentation(text: string): string {
  return text.replaceAll(/^[ \t]+/gm, '').replaceAll(/^(?:\/\/|#) …$/gm, '…')
}

/** Both for people. */
export function difference(stated: string, output: string): string {
  return `stated:\n${indented(normal(stated))}\nprinted:\n${indented(normal(output))}`
}

const ANYTHING = '[^\\n]*?'
const ANY_LINES = '(?:[^\\n]*\\n)*?'

/** The source of a regular expression for a text without its last line end. */
function patternOf(stated: string): string {
  const lines = normal(stated).split('\n')
  const isOpen = lines.at(-1) === '…'
  const text = (isOpen ? lines.slice(0, -1) : lines).map(linePattern).join('')
  const closed = text.replace(/\\n$/, '')
  if (!isOpen) return closed
  return closed === '' ? '[^]*' : `${closed}(?:\\n[^]*)?`
}

function linePattern(line: string): string {
  return line === '…' ? ANY_LINES : `${line.split('…').map(escaped).join(ANYTHING)}\\n`
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

// oxlint-disable-next-line no-control-regex -- colours are control characters
const COLOURS = /\u001B\[[0-9;]*m/g

function normal(text: string): string {
  const lines = text.replaceAll(COLOURS, '').split('\n')
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  | ')
}
