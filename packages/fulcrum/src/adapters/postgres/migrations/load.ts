import { readdir, readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Migration, MigrationSource } from '../../../declare/migration.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { show } from '../../../kernel/show.ts'
import type { ModuleMigrations } from '../../../ports/migrations.ts'
import { reasonOf } from '../failure.ts'
import { codeChecksum, type Step, stepOf } from './step.ts'

const CODE = ['.ts', '.mts', '.js', '.mjs']
const NO_TRANSACTION = /^\s*--\s*fulcrum:\s*no-transaction\s*(?:\n|$)/

/** The steps of a module, in order. @throws FUL-4025 when the source is not usable. */
export async function loadSteps({ module, source }: ModuleMigrations): Promise<readonly Step[]> {
  const steps = isList(source)
    ? source.map((migration) => stepOf(module, migration))
    : await fromFolder(module, source)
  const sorted = [...steps].sort((a, b) => (a.name < b.name ? -1 : 1))
  const twice = sorted.find(({ name }, index) => name === sorted[index + 1]?.name)
  if (twice === undefined) return sorted
  const problem = { reason: 'there are two of this name', allowed: 'one step per name' }
  throw fulcrumError('FUL-4025', { module, name: twice.name, ...problem })
}

function isList(source: MigrationSource): source is readonly Migration[] {
  return Array.isArray(source)
}

async function fromFolder(module: string, source: URL | string): Promise<readonly Step[]> {
  const folder = typeof source === 'string' ? source : fileURLToPath(source)
  return Promise.all((await filesIn(module, folder)).map((file) => fromFile(module, join(folder, file))))
}

async function filesIn(module: string, folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isStep)
  } catch (cause) {
    const problem = { reason: reasonOf(cause), allowed: 'a folder that can be read' }
    throw fulcrumError('FUL-4025', { module, name: folder, ...problem }, { cause })
  }
}

/** Compiled code has declarations and source maps beside it. */
function isStep(file: string): boolean {
  const { ext } = parse(file)
  return (ext === '.sql' || CODE.includes(ext)) && !/\.d\.m?ts$/.test(file) && !file.startsWith('.')
}

async function fromFile(module: string, path: string): Promise<Step> {
  const { name, ext } = parse(path)
  const text = await readFile(path, 'utf8')
  if (ext !== '.sql')
    return stepOf(module, { ...(await codeIn(module, path)), name }, codeChecksum(kindOf(ext), text))
  return stepOf(module, { name, up: text, transactional: !NO_TRANSACTION.test(text) })
}

function kindOf(extension: string): string {
  return extension.endsWith('ts') ? 'ts' : 'js'
}

async function codeIn(module: string, path: string): Promise<Omit<Migration, 'name'>> {
  const loaded = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  if (typeof loaded.default === 'object' && loaded.default !== null)
    return loaded.default as Omit<Migration, 'name'>
  const reason = `the default export is ${show(loaded.default)}`
  throw fulcrumError('FUL-4025', {
    module,
    name: parse(path).base,
    reason,
    allowed: '{ up, transactional? }',
  })
}
