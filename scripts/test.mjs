// `npm test`: system dependencies, types, lint, consistency on real servers, then every test. `npm test -- <arguments of vitest run>` runs only the tests named.
// The last line is for machines: `N passed, N failed`, each of the checks before the tests counted as one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from './lib/build.mjs'
import { run } from './lib/run.mjs'
import { runSteps } from './lib/steps.mjs'
import { requireSystemDependencies } from './system-dependencies.mjs'

const selection = process.argv.slice(2)

const CHECKS = [
  ['types', process.execPath, 'scripts/typecheck.mjs'],
  ['lint', process.execPath, 'scripts/lint.mjs'],
  ['consistency on real servers', process.execPath, 'test/verify/main.ts'],
]

/** What vitest found, from its report; a file that could not be loaded, and an error outside of every test, count as one failure each. */
function count(report, code) {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

async function runTests() {
  const directory = mkdtempSync(join(tmpdir(), 'fulcrum-tests-'))
  const file = join(directory, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await run('vitest', ['run', '--allowOnly=false', ...reporters, ...selection])
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')), code)
  } catch (error) {
    console.error(`vitest left no report: ${error.message}`)
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function conclude(passed, failed) {
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exit(failed === 0 && passed > 0 ? 0 : 1)
}

const missing = await requireSystemDependencies()
for (const sentence of missing) console.error(sentence)
if (missing.length > 0 || (await buildIfStale()) !== 0) conclude(0, 1)

const checks = selection.length === 0 ? CHECKS : []
const failedChecks = await runSteps(checks)
const { passed, failed, skipped } = await runTests()
if (skipped > 0) console.error(`${skipped} tests were skipped. Nothing skips here: run them or remove them.`)
conclude(passed + checks.length - failedChecks.length, failed + failedChecks.length + skipped)
