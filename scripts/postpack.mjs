// Takes away again what prepack.mjs has laid beside the package: the originals are in the root of the repository.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/run.mjs'

for (const file of ['README.md', 'LICENSE']) rmSync(join(root, 'packages', 'fulcrum', file), { force: true })
