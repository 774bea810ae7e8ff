import { type Attributes, parseAttributes } from './attributes.ts'

/** A fenced code block of a page. */
export interface Block extends Attributes {
  /** Of the opening fence, counted from 1. */
  readonly line: number
  readonly text: string
}

const OPENING = /^( {0,3}|(?: {2,4})+)(`{3,}|~{3,})\s*([^`]*)$/

/** The fenced blocks of a Markdown page, in order; those in lists, and those hidden in comments, included. */
export function parseBlocks(page: string): Block[] {
  const lines = page.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent, fence, info] = OPENING.exec(lines[at] as string) ?? []
    if (indent === undefined || fence === undefined || info === undefined) continue
    const end = closing(lines, at + 1, fence)
    const body = lines.slice(at + 1, end).map((line) => withoutIndent(line, indent.length))
    blocks.push({ ...parseAttributes(info), line: at + 1, text: body.join('\n') })
    at = end
  }
  return blocks
}

function closing(lines: readonly string[], from: number, fence: string): number {
  const end = lines.findIndex((line, at) => at >= from && closes(line.trim(), fence))
  if (end === -1) throw new Error(`line ${from}: the block is not closed`)
  return end
}

function closes(line: string, fence: string): boolean {
  return line.length >= fence.length && line === (fence[0] as string).repeat(line.length)
}

function withoutIndent(line: string, indent: number): string {
  const own = line.length - line.trimStart().length
  return line.slice(Math.min(own, indent))
}
