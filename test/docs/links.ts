import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { REPOSITORY } from './folder.ts'
import { proseOf, readPage } from './markdown.ts'

const LINK = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm

/** Links of a page that lead nowhere: to a file that does not exist, or to a heading that its page does not have. */
export function brokenLinks(path: string): string[] {
  const prose = proseOf(readPage(path))
  const targets = [...prose.matchAll(LINK)].map(([, inline, reference]) => (inline ?? reference) as string)
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target))
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', anchor] = decodeURI(target).split('#')
  const path = file === '' ? from : relative('/', join('/', dirname(from), file))
  if (!existsSync(join(REPOSITORY, path))) return false
  if (anchor === undefined || !path.endsWith('.md')) return anchor === undefined || isSource(path)
  return anchorsOf(readPage(path)).includes(anchor)
}

/** Lines of sources can be linked; GitHub shows them. */
function isSource(path: string): boolean {
  return statSync(join(REPOSITORY, path)).isFile()
}

/** The anchors of a page, as GitHub makes them from headings, and those that are written as HTML. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>()
  const headings = [...withoutFences(page).matchAll(/^#{1,6} +(.+?)\s*#*$/gm)].map(([, heading]) => {
    const slug = slugOf(heading as string)
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  const written = [...page.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name]) => name as string)
  return [...headings, ...written]
}

/** A heading's text in lower case, without punctuation, with hyphens for spaces. */
function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-')
}

function withoutFences(page: string): string {
  return page.replaceAll(/^( *)(`{3,}|~{3,}).*\n[^]*?^\1?\s*\2`*\s*$/gm, '')
}
