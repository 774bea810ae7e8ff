// Runs at the end of `npm install` and `npm ci`, on whatever Node runs npm (20 or newer): makes sure that the Node of the workspace can
// be run, then builds the package, because the shop and the benchmarks import what a user would import.
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root, run } from './lib/run.mjs'
import { OLDEST, suffices } from './lib/node-version.mjs'

const carrier = join(root, 'node_modules', 'node')
const linked = join(bin, 'node')

async function versionOf(program) {
  const { code, output } = await run(program, ['--version'], { show: false })
  return code === 0 ? output.trim() : undefined
}

async function usable(program) {
  const version = await versionOf(program)
  return version !== undefined && suffices(version)
}

// What the blocked install script of the package `node` would have done: it has npm install the package of this platform below
// itself and links the binary.
async function installNode() {
  if (!existsSync(carrier)) return 'node_modules/node is missing (were development dependencies left out?)'
  console.log('prepare: installing the Node of the workspace, because its own install script did not run')
  const { code, output } = await run(process.execPath, ['installArchSpecificPackage'], {
    cwd: carrier,
    show: false,
  })
  if (code !== 0) return output
  mkdirSync(bin, { recursive: true })
  if (lstatSync(linked, { throwIfNoEntry: false })) rmSync(linked)
  symlinkSync(join('..', 'node', 'bin', 'node'), linked)
  return (await usable(linked)) ? undefined : `${linked} cannot be run on this machine`
}

/** The Node to build with, or undefined. */
async function findNode() {
  if (await usable(linked)) return linked
  const problem = await installNode()
  if (problem === undefined) return linked
  if (suffices(process.version)) return process.execPath
  console.error(
    [
      `prepare: fulcrum needs Node >= ${OLDEST.join('.')}; npm runs on ${process.version}, and the Node that the workspace`,
      'brings along could not be installed:',
      problem.trim().replace(/^/gm, '  '),
      `Put Node >= ${OLDEST.join('.')} on your PATH and run npm install again.`,
    ].join('\n'),
  )
  return undefined
}

const node = await findNode()
const built = node === undefined ? { code: 1 } : await run(node, [join('scripts', 'build-if-stale.mjs')])
process.exit(built.code)
