import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const sources = fileURLToPath(new URL('../..', import.meta.url))

/** What is left of a module at run time: with `verbatimModuleSyntax`, everything but `import type` and `export type`. */
const IMPORT =
  /^(?:import|export)\s(?!type\s)(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

function importsOf(text: string): string[] {
  return Array.from(text.matchAll(IMPORT), ([, of, dynamic]) => (of ?? dynamic) as string)
}

interface Graph {
  readonly files: readonly string[]
  /** `file: specifier`. */
  readonly packages: readonly string[]
}

/** Everything that an entry loads. */
function graphOf(entry: string): Graph {
  const files = new Set<string>()
  const packages: string[] = []
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier))
      else packages.push(`${relative(sources, file)}: ${specifier}`)
    }
  }
  visit(resolve(sources, entry))
  return { files: [...files].map((file) => relative(sources, file)), packages }
}

describe.each(['entries/index.ts', 'entries/client.ts'])('%s', (entry) => {
  const { files, packages } = graphOf(entry)

  it('loads nothing but its own files: no module of Node, no package', () => {
    expect(files.length).toBeGreaterThan(8)
    expect(packages).toEqual([])
  })

  it('uses nothing that only Node has', () => {
    const using = files.filter((file) => {
      const code = readFileSync(resolve(sources, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      return /\bprocess\.[a-z]|\bBuffer\b|\b__dirname\b|\brequire\(/.test(code)
    })
    expect(using).toEqual([])
  })

  it('loads no code of the server', () => {
    const server = files.filter((file) =>
      /^(?:adapters|app|enforce|plan|observe|cli|http\/(?:gateway|servers))\//.test(file),
    )
    expect(server).toEqual([])
  })
})

describe('the walk', () => {
  it('finds what the server loads', () => {
    expect(graphOf('http/openapi/page.ts').packages).toEqual([
      'http/openapi/page/content-security-policy.ts: node:crypto',
    ])
    expect(graphOf('http/openapi/document.ts').files).toContain('kernel/errors/table.ts')
  })

  it('sees every form of import', () => {
    const text = [
      "import 'a'",
      "import b from 'b'",
      "import {\n  c,\n} from 'c'",
      "export { d } from 'd'",
      "export * from 'e'",
      "const f = await import('f')",
      "import type { g } from 'g'",
      "export type * from 'h'",
      "import { type i } from 'i'",
    ].join('\n')
    expect(importsOf(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'i'])
  })
})
