import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const DIST = fileURLToPath(new URL('../../packages/fulcrum/dist', import.meta.url))

/** One replacement in a compiled file of the package. */
export interface Edit {
  /** Below `dist/`. */
  readonly file: string
  /** What stands there, exactly once. */
  readonly find: string
  readonly replace: string
}

/** Positions that a ring remembers exactly, of those that were added to it. */
export const MOST_POSITIONS = 4

/** Bounds of the product that short runs would never reach. */
const SMALL: readonly Edit[] = [
  { file: 'consistency/token.js', find: 'MOST_TAGS = 32', replace: 'MOST_TAGS = 2' },
  {
    file: 'consistency/position-ring.js',
    find: 'CAPACITY = 1_024',
    replace: `CAPACITY = ${MOST_POSITIONS}`,
  },
]

/** Changes one file below `folder`. Throws where what is to be replaced does not stand there exactly once: the table is out of date then. */
export function edit(folder: string, { file, find, replace }: Edit): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const found = text.split(find).length - 1
  if (found !== 1) throw new Error(`${file} contains ${JSON.stringify(find)} ${found} times, not once`)
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
}

/** A copy of the compiled rules with small bounds, and with `edits`. */
export function writeRules(folder: string, edits: readonly Edit[] = []): string {
  for (const file of ['consistency', 'enforce/session']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(DIST, file), join(folder, file), { recursive: true })
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const each of [...SMALL, ...edits]) edit(folder, each)
  return folder
}
