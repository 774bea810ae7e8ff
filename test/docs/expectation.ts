/** Whether output is as a page states it: `…` is anything on its line, a line of `…` alone any number of lines. */
export function isAsStated(stated: string, output: string): boolean {
  return pattern(stated, '$').test(normal(output))
}

/** Whether output begins as stated, with whole lines. */
export function beginsAsStated(stated: string, output: string): boolean {
  return pattern(stated, '(?:\\n|$)').test(normal(output))
}

/** Both for people. */
export function difference(stated: string, output: string): string {
  return `stated:\n${indented(normal(stated))}\nprinted:\n${indented(normal(output))}`
}

const ANYTHING = '[^\\n]*?'
const ANY_LINES = '(?:[^\\n]*\\n)*?'

function pattern(stated: string, end: string): RegExp {
  const lines = normal(stated).split('\n')
  const endsOpen = lines.at(-1) === '…'
  const source = (endsOpen ? lines.slice(0, -1) : lines).map(linePattern)
  const text = source.join('').replace(/\\n$/, '')
  if (!endsOpen) return new RegExp(`^${text}${end}`)
  return new RegExp(text === '' ? '' : `^${text}(?:\\n|$)`)
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
