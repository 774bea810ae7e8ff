import { createHash } from 'node:crypto'
import type { Migration } from '../../../declare/migration.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { show } from '../../../kernel/show.ts'

/** One change, loaded. */
export interface Step {
  readonly module: string
  readonly name: string
  readonly up: Migration['up']
  readonly transactional: boolean
  /** `sql:…`, `ts:…` and `js:…` with a hash of the text, or `code` for a function without a file. */
  readonly checksum: string
}

export function stepOf(module: string, migration: Migration, checksum?: string): Step {
  const { name, up, transactional = true } = migration
  const invalid = problemOf(migration)
  if (invalid !== undefined) throw fulcrumError('FUL-4025', { module, name: show(name), ...invalid })
  const own = typeof up === 'string' ? sqlChecksum(up) : 'code'
  return Object.freeze({ module, name, up, transactional, checksum: checksum ?? own })
}

function problemOf({ name, up, transactional }: Migration): { reason: string; allowed: string } | undefined {
  if (typeof name !== 'string' || !/^[\w.-]{1,200}$/.test(name))
    return { reason: 'the name is not allowed', allowed: 'letters, digits, _, - and .' }
  if (typeof up !== 'string' && typeof up !== 'function')
    return { reason: `up is ${show(up)}`, allowed: 'SQL text or a function of sql' }
  if (transactional !== undefined && typeof transactional !== 'boolean')
    return { reason: `transactional is ${show(transactional)}`, allowed: 'true or false' }
  return undefined
}

export function sqlChecksum(text: string): string {
  return `sql:${hash(text)}`
}

export function codeChecksum(extension: string, text: string): string {
  return `${extension}:${hash(text)}`
}

/** A checkout may have changed the line ends. */
function hash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 32)
}

/** Code may have been applied as TypeScript and be present as what it was compiled to; those two cannot be compared. */
export function isSameStep(applied: string, present: string): boolean {
  if (applied === present) return true
  const [was, is] = [kindOf(applied), kindOf(present)]
  return was !== is && was !== 'sql' && is !== 'sql'
}

function kindOf(checksum: string): string {
  return checksum.split(':')[0] ?? ''
}
