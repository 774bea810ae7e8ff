import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './folder.ts'

const FOREIGN = ['**/node_modules/**', '**/dist/**', '**/.fulcrum/**', 'coverage/**', '.git/**']

/** Every Markdown page of this repository, by its path. */
export function everyPage(): string[] {
  return globSync('**/*.md', { cwd: REPOSITORY, exclude: FOREIGN }).toSorted()
}

/** The pages whose code is run: what introduces Fulcrum and what guides through it. */
export function runPages(): string[] {
  const guides = ['README.md', 'packages/fulcrum/README.md', 'docs/*.md', 'docs/guides/**/*.md']
  return globSync(guides, { cwd: REPOSITORY }).toSorted()
}

export function readPage(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8')
}

/** A page without its code blocks, code spans and comments, line by line. */
export function proseOf(page: string): string {
  return page
    .replaceAll(/^( *)(`{3,}|~{3,}).*\n[^]*?^\1?\s*\2`*\s*$/gm, blank)
    .replaceAll(/<!--[^]*?-->/g, blank)
    .replaceAll(/(`+)[^`\n](?:[^\n]*?[^`\n])?\1(?!`)/g, '')
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, '')
}
