// `npm run typecheck`: every part of the workspace with its own settings.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from './lib/build.mjs'
import { root } from './lib/run.mjs'
import { runSteps } from './lib/steps.mjs'

// The shop and the benchmarks see the package as a user does, so it has to be built.
if ((await buildIfStale()) !== 0) process.exit(1)

const projects = ['packages/fulcrum', '.', 'examples/shop', 'bench']
const missing = projects.filter((project) => !existsSync(join(root, project, 'tsconfig.json')))
for (const project of missing) console.error(`${project} has no tsconfig.json`)

const failed = await runSteps(
  projects.map((project) => [
    `types: ${project === '.' ? 'test, scripts' : project}`,
    'tsc',
    '--noEmit',
    '--pretty',
    'false',
    '-p',
    join(project, 'tsconfig.json'),
  ]),
)
process.exit(failed.length + missing.length === 0 ? 0 : 1)
