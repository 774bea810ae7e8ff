// `npm run docs`: writes every generated page again. Tests fail while a page differs from what it is generated from.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/run.mjs'
import { runSteps } from './lib/steps.mjs'

const generators = globSync('render-*.ts', { cwd: join(root, 'scripts') }).toSorted()
const failed = await runSteps(generators.map((name) => [name, process.execPath, join('scripts', name)]))
process.exit(failed.length === 0 ? 0 : 1)
