import { expect, it } from 'vitest'
import type { MigrationStep } from '../../ports/migrations.ts'
import { migrationsJson, showMigrations } from './migrations.ts'

const plain = { paint: (_: string, text: string): string => text }
const step: MigrationStep = {
  module: 'notes',
  name: '0001_create_note',
  checksum: 'abc',
  state: 'pending',
  transactional: true,
  sql: 'create table note ();\n\ncreate index on note ();\n',
}
const outside: MigrationStep = { ...step, name: '0002_index', transactional: false, sql: undefined }

it('lists what was applied', () => {
  expect(showMigrations([step, outside], false, plain)).toEqual([
    'applied  notes/0001_create_note',
    'applied  notes/0002_index (outside a transaction)',
    '',
    '2 steps applied.',
  ])
})

it('shows the statements of a dry run', () => {
  expect(showMigrations([step], true, plain)).toEqual([
    'pending  notes/0001_create_note',
    '    create table note ();',
    '',
    '    create index on note ();',
    '',
    '1 step pending.',
  ])
})

it('says when a step keeps its statements to itself', () => {
  expect(showMigrations([outside], true, plain)[1]).toContain('a function')
})

it('says when there is nothing to do', () => {
  expect(showMigrations([], false, plain)).toEqual(['Nothing to migrate: every step is applied.'])
})

it('is a document for machines', () => {
  expect(migrationsJson([outside], true)).toEqual({ dryRun: true, steps: [{ ...outside, sql: null }] })
})
