import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import { error } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { query } from '../../declare/query.ts'
import { plan } from '../../plan/compile-plan.ts'
import { openapiDocument, type OpenApiDocument } from './document.ts'
import { openapiPage, type OpenApiPage } from './page.ts'
import { PAGE_SCRIPT } from './page/script.ts'
import { PAGE_STYLE } from './page/style.ts'

const facts = { name: 'shop', db: undefined, migrations: [] }
const capabilities = {
  store: { name: 'PostgreSQL', replicas: true, pipelining: true, positions: true, changeStream: false },
}

const Named = z.object({ PLAIN: z.string().default('PLAIN').describe('PLAIN') })
const Failure = error('catalog.Failure', {
  status: 409,
  title: 'PLAIN',
  data: z.object({ PLAIN: z.literal('PLAIN') }),
})
const operations: AnyOperation[] = [
  query('catalog.get', {
    input: z.object({ id: z.string().describe('PLAIN'), other: z.enum(['PLAIN', 'else']) }),
    output: Named.describe('PLAIN'),
    errors: [Failure],
    http: 'GET /products/:id',
    summary: 'PLAIN',
    contract: { because: 'PLAIN', consistency: 'eventual' },
  }),
  command('PLAIN.change', {
    input: z.object({ id: z.string(), note: z.string().default('PLAIN'), more: z.array(Named) }),
    output: z.union([Named, z.object({ kind: z.literal('PLAIN') })]),
    http: 'PATCH /products/:id',
    contract: { idempotency: 'none', transaction: { ifMatch: true } },
  }),
]
const document = JSON.stringify(
  openapiDocument({
    operations: operations.map((operation) => ({ operation, plan: plan(operation, facts, capabilities) })),
    info: { title: 'PLAIN', version: 'PLAIN', summary: 'PLAIN', description: 'PLAIN' },
  }),
)

/** The page of an application that has `text` wherever it could have it: names, titles, descriptions, values. */
function pageWith(text: string): OpenApiPage {
  const inJson = JSON.stringify(text).slice(1, -1)
  return openapiPage(JSON.parse(document.replaceAll('PLAIN', () => inJson)) as OpenApiDocument)
}

/** The page without its style and script. */
const outside = ({ html }: OpenApiPage): string => html.replace(PAGE_STYLE, '').replace(PAGE_SCRIPT, '')
/** The tags with the names of their attributes: what an escape that is missing would change. */
const structure = (page: OpenApiPage): string[] =>
  (outside(page).match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, ''))

describe('the page', () => {
  const page = pageWith('plain')

  it('shows every operation with its contract, schemas and errors', () => {
    for (const part of [
      'id="catalog.get"',
      'id="plain.change"',
      'Eventual: reads a healthy replica',
      'Gives up',
    ]) {
      expect(page.html).toContain(part)
    }
    expect(page.html).toContain('catalog.Failure')
    expect(page.html).toContain('How it runs')
    expect(page.html).toContain('id="FUL-2001"')
  })

  it('has one heading of the first level, a main part, a named navigation and a way past it', () => {
    expect(page.html.match(/<h1[ >]/g)).toHaveLength(1)
    expect(page.html).toContain('<main id="main"')
    expect(page.html).toContain('aria-label="Operations"')
    expect(page.html).toContain('href="#main"')
    expect(page.html).toContain('<html lang="en">')
  })

  it('has a label for every field, and ids that occur once', () => {
    const ids = Array.from(outside(page).matchAll(/ id="([^"]*)"/g), ([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const fields = Array.from(
      outside(page).matchAll(/<(?:input|textarea)[^>]* id="([^"]*)"/g),
      ([, id]) => id,
    )
    const labels = Array.from(outside(page).matchAll(/<label[^>]* for="([^"]*)"/g), ([, id]) => id)
    expect(fields.length).toBeGreaterThan(5)
    expect(labels).toEqual(expect.arrayContaining(fields))
  })

  it('leads every link within it to something that is there', () => {
    const ids = new Set(Array.from(outside(page).matchAll(/ id="([^"]*)"/g), ([, id]) => id))
    const links = Array.from(outside(page).matchAll(/ href="#([^"]*)"/g), ([, id]) => id)
    expect(links.filter((id) => !ids.has(id))).toEqual([])
  })

  it('loads nothing', () => {
    expect(outside(page)).not.toMatch(/ src=| srcset=|<iframe|<object|<embed|<base/)
    expect(outside(page).match(/<link[^>]*>/g)).toEqual(['<link rel="icon" href="data:," />'])
    expect(PAGE_STYLE).not.toMatch(/@import|url\(/)
  })

  it('shows a request for shells that quotes what it has to', () => {
    expect(pageWith("it's").html).toContain(String.raw`it&#39;\&#39;&#39;s`)
  })
})

describe('the content security policy', () => {
  const page = pageWith('plain')
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

  it('names the one style and the one script', () => {
    const inline = (element: string): string[] =>
      Array.from(
        page.html.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g')),
        ([, text]) => text ?? '',
      )
    expect(inline('style')).toEqual([PAGE_STYLE])
    expect(inline('script')).toEqual([PAGE_SCRIPT])
    expect(page.contentSecurityPolicy).toContain(`style-src ${hash(PAGE_STYLE)}`)
    expect(page.contentSecurityPolicy).toContain(`script-src ${hash(PAGE_SCRIPT)}`)
    expect(page.contentSecurityPolicy).toContain("default-src 'none'")
  })

  it('is not broken by the page: no style attribute, no handler attribute', () => {
    expect(outside(page)).not.toMatch(/<[^>]* (?:style|on[a-z]+)=/i)
  })
})

describe('hostile texts', () => {
  const plain = structure(pageWith('plain'))

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</textarea><script>alert(1)</script>',
    '</title></style></script><svg onload=alert(1)>',
    '<!-- ',
    '&lt;script&gt;',
    '$& $1 ${1}',
  ])('are shown as text: %s', (text) => {
    expect(structure(pageWith(text))).toEqual(plain)
  })

  it('are shown as text where they stand in code', () => {
    expect(structure(pageWith('`<b>`')).filter((tag) => tag === '<b>')).toEqual([])
  })

  it('never change the structure of the page', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'<>"\'&=/!-abs ;#$\\{}é'.split('')),
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(text, (hostile) => {
        expect(structure(pageWith(hostile))).toEqual(plain)
      }),
      { numRuns: 100 },
    )
  }, 30_000)
})

describe('the script', () => {
  it('is a script', () => {
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow()
  })

  it('puts nothing into the page as markup, and uses no eval', () => {
    expect(PAGE_SCRIPT).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function/)
  })
})

describe('the colours', () => {
  const schemes = Array.from(PAGE_STYLE.matchAll(/:root\{([^}]*)\}/g), ([, text]) => variables(text ?? ''))
  const light = schemes[0] ?? {}
  const dark = { ...light, ...schemes[1] }

  const texts = ['text', 'soft', 'accent', 'need', 'good', 'caller', 'server']
  const grounds = ['bg', 'card', 'sunken']
  const pairs = [
    ...texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)),
    ...['get', 'post', 'put', 'patch', 'delete'].map((method) => [method, `${method}-bg`] as const),
    ['accent', 'accent-soft'] as const,
    ['card', 'accent'] as const,
    ['code-text', 'code'] as const,
    ['code-soft', 'code'] as const,
  ]

  it.each([
    ['light', light],
    ['dark', dark],
  ])('have the contrast that WCAG 2.2 AA asks for: %s', (_, colours) => {
    const poor = pairs.filter(([text, ground]) => contrast(colours[text], colours[ground]) < 4.5)
    expect(poor).toEqual([])
  })
})

function variables(text: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(text.matchAll(/--([\w-]+):(#[0-9a-f]{3,6})/g), ([, name, value]) => [name ?? '', value ?? '']),
  )
}

/** WCAG 2.2, contrast ratio of two sRGB colours. */
function contrast(one = '#000', other = '#000'): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.slice(1).replace(/./g, '$&$&') : colour.slice(1)
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
