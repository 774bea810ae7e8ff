// What npm runs before it packs packages/fulcrum: a build from nothing, and the two files that a package has to bring along itself.
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { root } from './lib/run.mjs'

const home = join(root, 'packages', 'fulcrum')
rmSync(join(home, 'dist'), { recursive: true, force: true })
for (const file of ['README.md', 'LICENSE']) copyFileSync(join(root, file), join(home, file))
process.exit(await build())
