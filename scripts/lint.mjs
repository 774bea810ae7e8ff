// `npm run lint`: every check that needs no server. Runs all of them, also after one has failed.
import { runSteps } from './lib/steps.mjs'

const failed = await runSteps([
  ['format: prettier', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['code: oxlint', process.execPath, 'scripts/lint-code.mjs'],
  ['import directions: dependency-cruiser', process.execPath, 'scripts/lint-imports.mjs'],
  ['unused files, exports and dependencies: knip', 'knip', '--no-progress'],
  ['package: publint, attw', process.execPath, 'scripts/lint-package.mjs'],
])
process.exit(failed.length === 0 ? 0 : 1)
