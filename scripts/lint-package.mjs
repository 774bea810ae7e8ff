// Checks what would be published: the exports against the entry files, then publint and attw on the packed package.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from './lib/build.mjs'
import { root, run } from './lib/run.mjs'

const home = join(root, 'packages', 'fulcrum')

// An entry that is not exported cannot be imported; an export without an entry fails only for the user.
function differingExports() {
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const entries = readdirSync(join(home, 'src', 'entries')).filter((name) => !name.endsWith('.test.ts'))
  const expected = entries.map((name) => (name === 'index.ts' ? '.' : `./${name.replace(/\.ts$/, '')}`))
  const found = Object.keys(exports).filter((path) => path !== './package.json')
  return [
    ...expected.filter((path) => !found.includes(path)).map((path) => `entry without an export: ${path}`),
    ...found.filter((path) => !expected.includes(path)).map((path) => `export without an entry: ${path}`),
  ]
}

async function checkPacked(directory) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory]
  const packed = await run('npm', args, { cwd: home, show: false })
  const name = readdirSync(directory).find((file) => file.endsWith('.tgz'))
  if (packed.code !== 0 || name === undefined) return [packed.output]
  const tarball = join(directory, name)
  const checks = [
    await run('publint', ['run', tarball, '--strict'], { show: false }),
    await run('attw', [tarball, '--profile', 'esm-only'], { show: false }),
  ]
  return checks.filter(({ code }) => code !== 0).map(({ output }) => output)
}

if ((await buildIfStale()) !== 0) process.exit(1)
const directory = mkdtempSync(join(tmpdir(), 'fulcrum-pack-'))
const problems = [...differingExports(), ...(await checkPacked(directory))]
rmSync(directory, { recursive: true })
for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)
