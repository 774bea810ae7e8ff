/** Text in lines of at most `width` characters. A word that is longer stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

export interface Layout {
  /** Characters per line. */
  readonly width: number
  /** Spaces before every line. */
  readonly indent: number
  /** Dresses a label, which is padded already. */
  readonly label?: (text: string) => string
}

/** A label and its text per row, the texts below each other: a small table whose second column wraps. */
export function rows(
  pairs: readonly (readonly [string, string])[],
  { width, indent, label = (text) => text }: Layout,
): string[] {
  const column = Math.max(0, ...pairs.map(([name]) => name.length))
  const margin = ' '.repeat(indent)
  return pairs.flatMap(([name, text]) => {
    const [first = '', ...more] = wrap(text, width - indent - column - 2)
    const rest = more.map((line) => `${margin}${' '.repeat(column + 2)}${line}`)
    return [`${margin}${label(name.padEnd(column))}  ${first}`.trimEnd(), ...rest]
  })
}

/** `1 query`, `2 queries`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
