import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

const TEMPLATE = fileURLToPath(new URL('../../../templates/service/', import.meta.url))

/** The name that the template has in place of the project's. */
const PLACEHOLDER = 'service-name'

const SHOWN = 3

/** A project that was written. */
export interface Scaffolded {
  readonly directory: string
  readonly name: string
  /** Relative to the directory, sorted. */
  readonly files: readonly string[]
}

/**
 * Writes a small project that works.
 *
 * @throws FUL-6005 when the directory has anything but a repository in it.
 */
export function scaffold(directory: string): Scaffolded {
  requireEmpty(directory)
  const name = packageName(directory)
  const files = templateFiles().map((file) => {
    // npm does not publish files of the name .gitignore.
    const target = file === 'gitignore' ? '.gitignore' : file
    const text = readFileSync(join(TEMPLATE, file), 'utf8').replaceAll(PLACEHOLDER, name)
    mkdirSync(dirname(join(directory, target)), { recursive: true })
    writeFileSync(join(directory, target), text)
    return target
  })
  return { directory, name, files: files.toSorted() }
}

function templateFiles(): string[] {
  const entries = globSync('**/*', {
    cwd: TEMPLATE,
    withFileTypes: true,
    exclude: (entry) => entry.name === 'node_modules',
  })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(TEMPLATE.length))
}

function requireEmpty(directory: string): void {
  const entries = existsSync(directory) ? readdirSync(directory).filter((name) => name !== '.git') : []
  if (entries.length === 0) return
  const more = entries.length > SHOWN ? ', …' : ''
  const found = `${entries.slice(0, SHOWN).join(', ')}${more}`
  throw fulcrumError('FUL-6005', { path: directory, found })
}

/** The name of the directory as npm allows it for packages. */
export function packageName(directory: string): string {
  const name = basename(resolve(directory))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
  return name === '' ? 'service' : name.slice(0, 100)
}
