import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Edit, edit } from '../../consistency/rules-folder.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The package as it was built. */
export const BUILT = join(root, 'packages/fulcrum/dist')

/** A copy of the built package with some edits, where it finds its dependencies. Whoever makes it removes it. */
export function copyPackage(name: string, edits: readonly Edit[]): string {
  const folder = join(root, 'node_modules/.cache/fulcrum-verify', name)
  mkdirSync(folder, { recursive: true })
  cpSync(BUILT, folder, { recursive: true })
  for (const each of edits) edit(folder, each)
  return folder
}
