/** A text after a change: lines with `-` go, lines with `+` come, the others say where. It has to fit in exactly one place. */
export function applyDiff(text: string, diff: string): string {
  const lines = diff.split('\n').map((line) => ({ sign: line[0] ?? ' ', text: `${line.slice(1)}\n` }))
  const [from, to] = ['+', '-'].map((without) =>
    lines.flatMap((line) => (line.sign === without ? [] : [line.text])).join(''),
  ) as [string, string]
  const pieces = text.split(from)
  if (pieces.length !== 2) throw new Error(`it fits in ${pieces.length - 1} places of\n${text}`)
  return pieces.join(to)
}
