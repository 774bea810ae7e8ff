import type { ErrorRow } from './row.ts'
import { ERRORS } from './table.ts'
import { placeholders } from './template.ts'

const RANGES: ReadonlyMap<string, string> = new Map([
  ['1', 'Boot: declarations and configuration'],
  ['2', 'Requests and calls'],
  ['3', 'Running operations'],
  ['4', 'PostgreSQL and migrations'],
  ['5', 'Embedded cluster'],
  ['6', 'Command line'],
  ['7', 'HTTP server, mounts and clients'],
  ['8', 'Testing, virtual time, prediction'],
])

const HEAD = `# Errors

Every error of Fulcrum has a code that never changes its meaning. \`error.code\` in code, \`code\` in a problem document
(RFC 9457, \`type: urn:fulcrum:error:<code>\`), and the first word of the message in a log are the same code.

Over HTTP a caller sees the message of an error below status 500. From 500 on it sees the title only, unless the row
says that the message is shown.

This page is written by \`node scripts/render-error-reference.ts\`.
`

/** The page `docs/reference/errors.md`. */
export function renderErrorReference(): string {
  const sections = [...RANGES].map(([digit, title]) => section(digit, title)).filter((text) => text !== '')
  return [HEAD, ...sections].join('\n')
}

function section(digit: string, title: string): string {
  const rows = Object.entries<ErrorRow>(ERRORS)
    .filter(([code]) => code.startsWith(`FUL-${digit}`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return rows.length === 0 ? '' : [`## ${title}\n`, ...rows.map(entry)].join('\n')
}

function entry([code, row]: [string, ErrorRow]): string {
  const facts = [`Status ${row.status}`, ...extras(row)].join(' · ')
  return `### ${code} ${row.name}

${row.title}. ${facts}.

\`\`\`text
${row.message}
\`\`\`

**Why.** ${row.cause}

**What to do.** ${row.fix}
`
}

function extras({ status, message, carries, expose, retryAfter }: ErrorRow): string[] {
  const values = [...placeholders(message), ...(carries ?? [])].map((name) => `\`${name}\``)
  return [
    ...(values.length > 0 ? [`\`params\`: ${values.join(', ')}`] : []),
    ...(status >= 500 && expose === true ? ['the message is shown to callers'] : []),
    ...(retryAfter === undefined ? [] : [`\`Retry-After: ${retryAfter}\``]),
  ]
}
