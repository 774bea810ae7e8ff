import { describe, expect, test } from 'vitest'
import { refuseControl, refuseInReads, textTraits } from './text-traits.ts'

const kinds: Record<string, readonly string[]> = {
  question: [
    'select 1',
    '  SELECT 1',
    '-- a comment; begin\n select 1',
    '/* begin */ (select 1) union (select 2)',
    'with x as (select 1) select * from x',
    'VALUES (1)',
    'table product',
    'explain select 1',
    'show search_path',
  ],
  control: [
    'begin',
    'BEGIN ISOLATION LEVEL SERIALIZABLE',
    'start transaction',
    ' commit',
    'END',
    'rollback to a',
    'abort',
    'savepoint a',
    'release a',
    "prepare transaction 'x'",
    '/* select */ commit',
  ],
  session: [
    'set search_path to a',
    'SET SESSION search_path TO a',
    'reset all',
    'discard all',
    'prepare a as select 1',
    'deallocate all',
    'listen a',
    'unlisten *',
    "load 'auto_explain'",
    'declare c cursor with hold for select 1',
  ],
  other: [
    'insert into a values (1)',
    'update a set b = 1',
    'delete from a',
    'set local search_path to a',
    'set constraints all deferred',
    'set transaction isolation level serializable',
    'do $$ begin end $$',
    'call a()',
    'selection',
    'create table a (id int)',
    '',
  ],
}

for (const [kind, texts] of Object.entries(kinds))
  test.each(texts)(`${kind}: %s`, (text) => {
    expect(textTraits(text).kind).toBe(kind)
    expect(textTraits(text)).toBe(textTraits(text))
  })

test.each([
  ["select set_config('a.b', $1, false)", true],
  ["select set_config('a.b', $1, true)", false],
  ['select SET_CONFIG ($1, $2, $3)', true],
  ['select pg_advisory_lock(1)', true],
  ['select pg_advisory_lock_shared(1)', true],
  ['select pg_try_advisory_lock($1)', true],
  ['select pg_advisory_xact_lock(1)', false],
  ['select pg_try_advisory_xact_lock(1)', false],
  ['select config from settings', false],
])('changes its session: %s %s', (text, isSticky) => {
  expect(textTraits(text).isSticky).toBe(isSticky)
})

describe('refusals', () => {
  test('transaction control is nobody else’s business', () => {
    const commit = (): void => refuseControl(textTraits('commit'), 'commit', 'orders.place')
    expect(commit).toThrow('FUL-4006 orders.place: The statement commit is not allowed here')
    expect(() => refuseControl(textTraits('listen a'), 'listen a', 'orders.place')).not.toThrow()
  })

  test('reads change no session', () => {
    const listen = (): void => refuseInReads(textTraits('listen a'), 'listen a', 'orders.get')
    expect(listen).toThrow(/FUL-4006 orders.get: .*session/)
    expect(() => refuseInReads(textTraits('select 1'), 'select 1', 'orders.get')).not.toThrow()
  })
})
