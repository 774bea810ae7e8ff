// Runs oxlint with the rules of .oxlintrc.json over everything. Before that it plants the violations on which tests with virtual time
// and browsers depend, and demands that each is found: a rule that was renamed or misspelt reports nothing.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root, run } from './lib/run.mjs'

/** line of code → rules that have to refuse it outside of the real clock and the command line. */
const PLANTED = {
  'Date.now()': ['no-restricted-properties'],
  'new Date()': ['no-ambient-date'],
  'performance.now()': ['no-restricted-globals'],
  'setTimeout(() => {}, 1)': ['no-restricted-globals'],
  'setInterval(() => {}, 1)': ['no-restricted-globals'],
  'setImmediate(() => {})': ['no-restricted-globals'],
  'globalThis.setTimeout(() => {}, 1)': ['no-restricted-properties'],
  'AbortSignal.timeout(1)': ['no-restricted-properties'],
  'Math.random()': ['no-restricted-properties'],
  'crypto.randomUUID()': ['no-restricted-properties'],
  'process.env.HOME': ['no-process-env'],
  'process.exit(1)': ['no-restricted-properties'],
  "import 'node:timers/promises'": ['no-restricted-imports'],
  "import { randomUUID } from 'node:crypto'": ['no-restricted-imports'],
  'export default 1': ['no-default-export'],
  "export { a } from './a.ts'": ['no-re-export'],
  'export const many = (a, b, c, d) => a + b + c + d': ['max-params'],
}

function plant(directory) {
  const config = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'))
  config.jsPlugins = config.jsPlugins.map((path) => join(root, path))
  config.options.typeAware = false
  writeFileSync(join(directory, '.oxlintrc.json'), JSON.stringify(config))
  for (const [index, line] of Object.keys(PLANTED).entries()) {
    const file = join(directory, `packages/fulcrum/src/enforce/planted-${index}.ts`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${line}\n`)
  }
}

/** The lines of code that should have been refused and were not. */
async function selfTest() {
  const directory = mkdtempSync(join(tmpdir(), 'fulcrum-lint-'))
  try {
    plant(directory)
    const { output } = await run('oxlint', ['-f', 'json', '.'], { cwd: directory, show: false })
    const { diagnostics } = JSON.parse(output.slice(output.indexOf('{')))
    return Object.entries(PLANTED).flatMap(([line, rules], index) => {
      const here = diagnostics.filter(({ filename }) => filename.endsWith(`planted-${index}.ts`))
      const silent = rules.filter((rule) => !here.some(({ code }) => code?.includes(rule)))
      return silent.map((rule) => `${rule} does not refuse: ${line}`)
    })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const problems = await selfTest()
for (const problem of problems) console.error(problem)
const { code } = await run('oxlint', ['.'])
process.exit(problems.length > 0 ? 1 : code)
