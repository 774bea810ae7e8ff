import type { Block } from './blocks.ts'
import { parseTranscript, type Turn } from './transcript.ts'

/** Where and how the commands of a block run. */
export interface Setting {
  readonly inRepository: boolean
  /** Exit code that the last command has to end with. */
  readonly exit: number
  /** Milliseconds for each command. */
  readonly timeout: number
  /** The last command goes on running. */
  readonly background: boolean
}

/** What is done with one block. */
export type Step =
  | { readonly do: 'nothing'; readonly line: number }
  | { readonly do: 'write'; readonly line: number; readonly file: string; readonly text: string }
  | { readonly do: 'edit'; readonly line: number; readonly file: string; readonly text: string }
  | { readonly do: 'parse'; readonly line: number; readonly text: string }
  | { readonly do: 'quote'; readonly line: number; readonly file: string; readonly text: string }
  | {
      readonly do: 'run'
      readonly line: number
      readonly file: string
      readonly text: string
      /** What it has to print; `undefined` where the page does not say. */
      readonly output: string | undefined
      readonly setting: Setting
    }
  | { readonly do: 'talk'; readonly line: number; readonly turns: readonly Turn[]; readonly setting: Setting }

const PROGRAMS: Readonly<Record<string, string>> = { ts: 'ts', js: 'js', mjs: 'mjs' }
const INERT = [
  'sql',
  'text',
  'mermaid',
  'diff',
  'http',
  'yaml',
  'dockerfile',
  'css',
  'html',
  'md',
  'ini',
  'nginx',
]
const ATTRIBUTES = ['file', 'from', 'run', 'no-run', 'output', 'background', 'exit', 'timeout', 'cwd']

/** What a page wants done, in order. Throws where a block says nothing of itself, or something that does not exist. */
export function stepsOf(blocks: readonly Block[]): Step[] {
  return blocks.map((block, index) => {
    try {
      return stepOf(block, blocks[index + 1])
    } catch (error) {
      throw new Error(`line ${block.line}: ${(error as Error).message}`, { cause: error })
    }
  })
}

function stepOf(block: Block, next: Block | undefined): Step {
  const { language, line, values, text } = block
  const stray = [...values.keys()].find((name) => !ATTRIBUTES.includes(name))
  if (stray !== undefined) throw new Error(`\`${stray}\` means nothing`)
  if (values.has('no-run')) return skipped(block)
  const quoted = textOf(block, 'from')
  if (quoted !== undefined) return { do: 'quote', line, file: quoted, text }
  const file = textOf(block, 'file') ?? defaultFile(block)
  if (values.has('run'))
    return { do: 'run', line, file: required(file), text, output: outputOf(next), setting: settingOf(block) }
  if (file !== undefined) return { do: language === 'diff' ? 'edit' : 'write', line, file, text }
  if (language === 'json') return { do: 'parse', line, text }
  if (language === 'console')
    return { do: 'talk', line, turns: parseTranscript(text), setting: settingOf(block) }
  if (language === 'sh')
    return { do: 'talk', line, turns: [{ command: text, output: '' }], setting: settingOf(block) }
  if (INERT.includes(language)) return { do: 'nothing', line }
  throw new Error(`a block of language "${language}" has to be run, or to say why not: no-run="…"`)
}

function skipped({ line, values }: Block): Step {
  const reason = values.get('no-run')
  if (typeof reason !== 'string' || reason.length < 10) throw new Error('`no-run` needs a reason')
  return { do: 'nothing', line }
}

function defaultFile({ language, line }: Block): string | undefined {
  const ending = PROGRAMS[language]
  return ending === undefined ? undefined : `line-${line}.${ending}`
}

function outputOf(next: Block | undefined): string | undefined {
  return next?.values.has('output') === true ? next.text : undefined
}

function settingOf(block: Block): Setting {
  const cwd = textOf(block, 'cwd')
  if (cwd !== undefined && cwd !== 'repository') throw new Error('`cwd` can only be `repository`')
  return {
    inRepository: cwd !== undefined,
    exit: Number(textOf(block, 'exit') ?? 0),
    timeout: Number(textOf(block, 'timeout') ?? 30) * 1000,
    background: block.values.has('background'),
  }
}

function textOf({ values }: Block, name: string): string | undefined {
  const value = values.get(name)
  if (value === true) throw new Error(`\`${name}\` needs a value`)
  return value
}

function required(file: string | undefined): string {
  if (file === undefined) throw new Error('only ts and js can be run')
  return file
}
