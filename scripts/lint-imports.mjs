// Checks the import directions of packages/fulcrum/src with dependency-cruiser. Because a checker that understands nothing reports
// nothing, it first plants every forbidden and every allowed import in an empty tree and demands that exactly the forbidden are found.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import config, { PORTABLE_ENTRIES, ROOMS, allowed } from '../.dependency-cruiser.mjs'
import { root } from './lib/run.mjs'

const source = 'packages/fulcrum/src'
const rooms = Object.keys(ROOMS)

async function check(baseDir) {
  const { output } = await cruise(
    [source],
    { ...config.options, baseDir, validate: true, ruleSet: { forbidden: config.forbidden } },
    config.options.enhancedResolveOptions,
  )
  return output
}

// A room that the table does not know would be free to import anything.
function unknownRooms() {
  const folders = readdirSync(join(root, source), { withFileTypes: true })
  return folders
    .filter((entry) => !(entry.isDirectory() && rooms.includes(entry.name)))
    .map(({ name }) => `${source}/${name} is not in the table of rooms in .dependency-cruiser.mjs`)
}

/** Built-in modules of Node that the entries of browsers reach, each with the way there. */
function reachedFromBrowsers(modules) {
  const imports = new Map(modules.map((module) => [module.source, module.dependencies]))
  const waysTo = new Map(
    PORTABLE_ENTRIES.filter((entry) => imports.has(entry)).map((entry) => [entry, entry]),
  )
  const found = []
  for (const [module, way] of waysTo) {
    for (const { resolved, dependencyTypes } of imports.get(module) ?? []) {
      if (dependencyTypes.includes('type-only') || waysTo.has(resolved)) continue
      waysTo.set(resolved, `${way} → ${resolved}`)
      if (dependencyTypes.includes('core'))
        found.push(`reaches Node from a browser: ${way} → node:${resolved}`)
    }
  }
  return found
}

const described = ({ rule, from, to, cycle }) =>
  `${rule.name}: ${from} → ${cycle ? cycle.map(({ name }) => name).join(' → ') : to}`

function plant(directory, files) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** One file per pair of rooms, and one per other rule: name → text, with the violation that has to be found, if any. */
function plants() {
  const files = { 'packages/fulcrum/package.json': '{ "name": "planted", "type": "module" }' }
  const expected = new Set()
  for (const from of rooms) {
    files[`${source}/${from}/target.ts`] = 'export const target = 1\n'
    for (const to of rooms) {
      const name = `${source}/${from}/to-${to}.ts`
      const target = `${source}/${to}/target.ts`
      files[name] = `export { target as there } from '../${to}/target.ts'\n`
      if (!allowed(from).includes(to)) expected.add(`${from}-imports: ${name} → ${target}`)
    }
  }
  const room = `${source}/kernel`
  Object.assign(files, {
    [`${room}/a.test.ts`]: `import '../cli/target.ts'\n`,
    [`${room}/typed.ts`]: `import type { target } from '../cli/target.ts'\nexport type T = typeof target\n`,
    [`${room}/ring-a.ts`]: `import './ring-b.ts'\n`,
    [`${room}/ring-b.ts`]: `import './ring-a.ts'\n`,
    [`${room}/lazy.ts`]: `export const lazy = () => import('../app/target.ts')\n`,
    [`${room}/held.ts`]: `export async function held() {\n  await using it = await import('../app/target.ts')\n  return it\n}\n`,
    [`${room}/system.ts`]: `import 'node:fs'\n`,
    [`${room}/clock-real.ts`]: `import 'node:timers'\n`,
    [`${room}/typed-ring-a.ts`]: `import type { B } from './typed-ring-b.ts'\nexport type A = B\n`,
    [`${room}/typed-ring-b.ts`]: `import './typed-ring-a.ts'\nexport type B = 1\n`,
    [`${room}/foreign.ts`]: `import 'unlisted'\n`,
    'node_modules/unlisted/package.json': '{ "name": "unlisted", "version": "1.0.0", "main": "index.js" }',
    'node_modules/unlisted/index.js': '',
    [`${room}/lost.ts`]: `import './nowhere.ts'\n`,
    [`${source}/adapters/one/a.ts`]: `import '../two/b.ts'\nimport './c.ts'\n`,
    [`${source}/adapters/one/c.ts`]: 'export const c = 1\n',
    [`${source}/adapters/two/b.ts`]: 'export const b = 1\n',
    [PORTABLE_ENTRIES[0]]: `import '../enforce/deep.ts'\n`,
    [`${source}/enforce/deep.ts`]: `import 'node:net'\n`,
  })
  expected.add(`no-circular: ${room}/ring-a.ts → ${room}/ring-b.ts → ${room}/ring-a.ts`)
  expected.add(`kernel-imports: ${room}/lazy.ts → ${source}/app/target.ts`)
  expected.add(`kernel-imports: ${room}/held.ts → ${source}/app/target.ts`)
  expected.add(`portable-rooms-need-no-node: ${room}/system.ts → fs`)
  expected.add(`only-what-package-json-lists: ${room}/foreign.ts → node_modules/unlisted/index.js`)
  expected.add(`no-unresolvable: ${room}/lost.ts → ./nowhere.ts`)
  expected.add(`adapters-are-strangers: ${source}/adapters/one/a.ts → ${source}/adapters/two/b.ts`)
  expected.add(`reaches Node from a browser: ${PORTABLE_ENTRIES[0]} → ${source}/enforce/deep.ts → node:net`)
  return { files, expected }
}

/** What is wrong with the rules themselves. */
async function selfTest() {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'fulcrum-imports-')))
  try {
    const { files, expected } = plants()
    plant(directory, files)
    const found = new Set(findings(await check(directory)))
    return [
      ...[...expected].filter((line) => !found.has(line)).map((line) => `planted but not found: ${line}`),
      ...[...found].filter((line) => !expected.has(line)).map((line) => `found but allowed: ${line}`),
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function findings({ modules, summary }) {
  return [...summary.violations.map(described), ...reachedFromBrowsers(modules)]
}

const found = await check(root)
const problems = [...(await selfTest()), ...unknownRooms(), ...findings(found)]
if (found.summary.totalCruised === 0) problems.push(`no module was read under ${source}`)
for (const problem of problems) console.error(problem)
console.log(`${found.summary.totalCruised} modules, ${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)
