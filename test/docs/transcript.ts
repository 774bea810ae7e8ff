/** A command and what it prints. The command `^C` ends what runs in the background. */
export interface Turn {
  readonly command: string
  readonly output: string
}

export const INTERRUPT = '^C'

/** Reads a `console` block: lines that begin with `$ ` are commands, the others what the command before them prints. */
export function parseTranscript(text: string): Turn[] {
  const turns: { command: string; output: string[] }[] = []
  let continues = false
  for (const line of text.split('\n')) {
    const last = turns.at(-1)
    if (continues && last !== undefined) last.command += `\n${line}`
    else if (line.startsWith('$ ')) turns.push({ command: line.slice(2), output: [] })
    else if (line === INTERRUPT) turns.push({ command: INTERRUPT, output: [] })
    else if (last === undefined) throw new Error('a console block begins with `$ command`')
    else last.output.push(line)
    continues = (turns.at(-1)?.output.length ?? 0) === 0 && line.endsWith('\\')
  }
  return turns.map(({ command, output }) => ({ command, output: output.join('\n') }))
}
