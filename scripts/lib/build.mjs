// Compiles packages/fulcrum to its dist/, when needed. What the compiled files were made from is kept in dist/.sources, so that a
// deleted or replaced source counts as a change too, which comparing times alone would miss.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bin, root, run, since } from './run.mjs'

const home = join(root, 'packages', 'fulcrum')
const source = join(home, 'src')
const dist = join(home, 'dist')
const record = join(dist, '.sources')
const settings = ['tsconfig.json', 'tsconfig.build.json', '../../tsconfig.base.json', 'package.json']

/** A digest of the name, size and modification time of everything that is compiled or that says how. */
function fingerprint() {
  const files = [
    ...globSync('**/*.ts', { cwd: source, exclude: (name) => /[.](test|fixture)[.]ts$/.test(name) }).map(
      (file) => join(source, file),
    ),
    ...settings.map((file) => join(home, file)),
  ]
  const hash = createHash('sha256')
  for (const file of files.toSorted((a, b) => (a < b ? -1 : 1))) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${relative(root, file)}:${size}:${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

const built = () => (existsSync(record) ? readFileSync(record, 'utf8') : undefined)

// A module that no longer exists must not stay importable.
function removeOrphans() {
  for (const file of globSync('**/*.{js,js.map,d.ts}', { cwd: dist })) {
    const origin = file.replace(/\.(js|js\.map|d\.ts)$/, '.ts')
    if (!existsSync(join(source, origin))) rmSync(join(dist, file))
  }
}

/** Compiles; resolves with the exit code. */
export async function build() {
  const start = performance.now()
  const sources = fingerprint()
  rmSync(record, { force: true })
  const { code } = await run(process.execPath, [join(bin, 'tsc'), '-p', join(home, 'tsconfig.build.json')])
  if (code !== 0) return code
  removeOrphans()
  writeFileSync(record, sources)
  console.log(`built packages/fulcrum in ${since(start)}`)
  return 0
}

/** Compiles when a source was added, changed or removed since the last time; resolves with the exit code. */
export async function buildIfStale() {
  return built() === fingerprint() ? 0 : build()
}
