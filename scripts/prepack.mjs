// What npm runs before it packs packages/fulcrum: a build from nothing, so that nothing old is published.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { root } from './lib/run.mjs'

rmSync(join(root, 'packages', 'fulcrum', 'dist'), { recursive: true, force: true })
process.exit(await build())
