import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { type Message, PgOutputDecoder } from './pgoutput.ts'
import type { TupleValue } from './relation.ts'

/** Writes what the decoder reads, by the formats of the manual, section 53.9. */
const write = {
  u8: (value: number) => Buffer.from([value]),
  u16(value: number) {
    const bytes = Buffer.alloc(2)
    bytes.writeUInt16BE(value)
    return bytes
  },
  u32(value: number) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  },
  u64(value: bigint) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(value)
    return bytes
  },
  name: (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0])]),
  letter: (text: string) => Buffer.from(text),
  value(value: TupleValue) {
    if (value === undefined) return Buffer.from('u')
    if (value === null) return Buffer.from('n')
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from('t'), write.u32(bytes.length), bytes])
  },
  tuple: (values: readonly TupleValue[]) =>
    Buffer.concat([write.u16(values.length), ...values.map((value) => write.value(value))]),
}

const begin = (xid: number): Buffer =>
  Buffer.concat([write.letter('B'), write.u64(7n), write.u64(1n), write.u32(xid)])
const commit = (end: bigint): Buffer =>
  Buffer.concat([write.letter('C'), write.u8(0), write.u64(end - 8n), write.u64(end), write.u64(1n)])

interface TestRelation {
  readonly id: number
  readonly schema: string
  readonly table: string
  readonly identity: string
  readonly columns: readonly { readonly name: string; readonly isIdentity: boolean }[]
}

const relation = ({ id, schema, table, identity, columns }: TestRelation): Buffer =>
  Buffer.concat([
    write.letter('R'),
    write.u32(id),
    write.name(schema),
    write.name(table),
    write.letter(identity),
    write.u16(columns.length),
    ...columns.flatMap(({ name, isIdentity }) => [
      write.u8(isIdentity ? 1 : 0),
      write.name(name),
      write.u32(25),
      write.u32(0xffff_ffff),
    ]),
  ])
const insert = (id: number, row: readonly TupleValue[]): Buffer =>
  Buffer.concat([write.letter('I'), write.u32(id), write.letter('N'), write.tuple(row)])
const update = (id: number, row: readonly TupleValue[], left?: Buffer): Buffer =>
  Buffer.concat([
    write.letter('U'),
    write.u32(id),
    ...(left === undefined ? [] : [left]),
    write.letter('N'),
    write.tuple(row),
  ])
const remove = (id: number, left: Buffer): Buffer => Buffer.concat([write.letter('D'), write.u32(id), left])
const key = (row: readonly TupleValue[]): Buffer => Buffer.concat([write.letter('K'), write.tuple(row)])
const old = (row: readonly TupleValue[]): Buffer => Buffer.concat([write.letter('O'), write.tuple(row)])
const truncate = (...ids: number[]): Buffer =>
  Buffer.concat([write.letter('T'), write.u32(ids.length), write.u8(1), ...ids.map((id) => write.u32(id))])

const PERSON: TestRelation = {
  id: 16_400,
  schema: 'people',
  table: 'person',
  identity: 'd',
  columns: [
    { name: 'id', isIdentity: true },
    { name: 'name', isIdentity: false },
    { name: 'notes', isIdentity: false },
  ],
}

function decoderOf(described: TestRelation = PERSON): PgOutputDecoder {
  const decoder = new PgOutputDecoder()
  decoder.decode(relation(described))
  return decoder
}

/** The states of a row message, as objects. */
function states(message: Message): unknown[] {
  if (message.kind !== 'row') throw new TypeError(`a ${message.kind}`)
  return [message.left, message.reached].flatMap((tuple) =>
    tuple === undefined ? [] : [{ ...message.relation.row(tuple).row }],
  )
}

describe('messages', () => {
  test('begin has the transaction id, commit the end of its record', () => {
    const decoder = new PgOutputDecoder()
    expect(decoder.decode(begin(0xffff_fffe))).toEqual({ kind: 'begin', xid: 0xffff_fffe })
    const end = 0x1f_ffff_ffff_fff8n
    expect(decoder.decode(commit(end))).toEqual({ kind: 'commit', end: Number(end) })
  })

  test('an insert is one state, whole', () => {
    expect(states(decoderOf().decode(insert(PERSON.id, ['1', 'Ädä', null])))).toEqual([
      { id: '1', name: 'Ädä', notes: null },
    ])
  })

  test('an update that keeps the key leaves the same key', () => {
    const [left, reached] = states(decoderOf().decode(update(PERSON.id, ['1', 'Ada', 'x'])))
    expect(left).toEqual({ id: '1' })
    expect(reached).toEqual({ id: '1', name: 'Ada', notes: 'x' })
  })

  test('an update that changes the key tells of both', () => {
    const message = update(PERSON.id, ['2', 'Ada', 'x'], key(['1', null, null]))
    expect(states(decoderOf().decode(message))).toEqual([{ id: '1' }, { id: '2', name: 'Ada', notes: 'x' }])
  })

  test('a large value that was not touched is not told, unless the old row has it', () => {
    const untouched = update(PERSON.id, ['1', null, undefined])
    expect(states(decoderOf().decode(untouched))[1]).toEqual({ id: '1', name: null })
    const full = update(PERSON.id, ['1', null, undefined], old(['1', 'Ada', 'large']))
    expect(states(decoderOf({ ...PERSON, identity: 'f' }).decode(full))).toEqual([
      { id: '1', name: 'Ada', notes: 'large' },
      { id: '1', name: null, notes: 'large' },
    ])
  })

  test('a delete leaves the key, or everything', () => {
    expect(states(decoderOf().decode(remove(PERSON.id, key(['1', null, null]))))).toEqual([{ id: '1' }])
    expect(states(decoderOf().decode(remove(PERSON.id, old(['1', 'Ada', null]))))).toEqual([
      { id: '1', name: 'Ada', notes: null },
    ])
  })

  test('reading what is not told throws', () => {
    const message = decoderOf().decode(remove(PERSON.id, key(['1', null, null])))
    if (message.kind !== 'row' || message.left === undefined) throw new TypeError('no row')
    const { row } = message.relation.row(message.left)
    expect(() => row['name']).toThrow('FUL-4037 The column "name" of people.person was read')
    expect(row['id']).toBe('1')
    expect(Object.keys(row)).toEqual(['id'])
  })

  test('a truncation names its tables', () => {
    const decoder = decoderOf()
    decoder.decode(relation({ ...PERSON, id: 5, table: 'pet' }))
    const message = decoder.decode(truncate(5, PERSON.id))
    expect(message.kind === 'truncate' && message.relations.map(({ name }) => name)).toEqual([
      'people.pet',
      'people.person',
    ])
  })

  test('what follows a new description is read by it', () => {
    const decoder = decoderOf()
    const columns = [{ name: '__proto__', isIdentity: true }]
    decoder.decode(relation({ ...PERSON, columns }))
    const message = decoder.decode(insert(PERSON.id, ['1']))
    if (message.kind !== 'row' || message.reached === undefined) throw new TypeError('no row')
    expect(message.relation.row(message.reached).row['__proto__']).toBe('1')
  })

  test('types, origins and logical messages are passed over', () => {
    for (const letter of ['Y', 'O', 'M'])
      expect(new PgOutputDecoder().decode(Buffer.from(`${letter}…`))).toEqual({ kind: 'other' })
  })
})

describe('what is not a message', () => {
  const valid = [
    begin(1),
    commit(99n),
    relation(PERSON),
    insert(PERSON.id, ['1', 'a', null]),
    update(PERSON.id, ['1', 'a', undefined], key(['2', null, null])),
    remove(PERSON.id, old(['1', 'a', 'b'])),
    truncate(PERSON.id),
  ]

  function check(bytes: Buffer): void {
    try {
      const message = decoderOf().decode(bytes)
      if (message.kind === 'row') states(message)
    } catch (error) {
      if (!isFulcrumError(error, 'FUL-4036')) throw error
    }
  }

  test('is refused with the one error', () => {
    expect(() => new PgOutputDecoder().decode(Buffer.alloc(0))).toThrow('FUL-4036')
    expect(() => decoderOf().decode(Buffer.from('S'))).toThrow('unknown kind 83')
    expect(() => decoderOf().decode(insert(1, ['1']))).toThrow('the table 1, which was not described')
    expect(() => decoderOf().decode(Buffer.concat([commit(99n), Buffer.from([0])]))).toThrow(
      'is longer than it says',
    )
    expect(() => decoderOf().decode(insert(PERSON.id, ['1']))).toThrow('1 columns where 3 were described')
  })

  test('at whatever byte it ends', () => {
    for (const message of valid)
      for (let length = 0; length < message.length; length++)
        expect(
          () => decoderOf().decode(message.subarray(0, length)),
          `${length} bytes of ${message[0]}`,
        ).toThrow('FUL-4036')
  })

  test('never makes it throw anything else', () => {
    const letter = fc.constantFrom(...Array.from('BCRIUDTYOMSEcA')).map((text) => text.charCodeAt(0))
    const garbage = fc.tuple(letter, fc.uint8Array({ maxLength: 200 }))
    fc.assert(
      fc.property(garbage, ([kind, rest]) => check(Buffer.from([kind, ...rest]))),
      { numRuns: 5_000 },
    )
    const damage = fc.record({
      which: fc.nat(valid.length - 1),
      at: fc.nat(),
      to: fc.integer({ min: 0, max: 255 }),
    })
    fc.assert(
      fc.property(damage, ({ which, at, to }) => {
        const message = Buffer.from(valid[which]!)
        message[at % message.length] = to
        check(message)
      }),
      { numRuns: 5_000 },
    )
  })
})

test('rows come out as they went in', () => {
  const values = fc.array(fc.option(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))), {
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(values, (row) => {
      const columns = row.map((_, index) => ({ name: `c${index}`, isIdentity: index === 0 }))
      const message = decoderOf({ ...PERSON, columns }).decode(insert(PERSON.id, row))
      expect(states(message)).toEqual([Object.fromEntries(row.map((each, index) => [`c${index}`, each]))])
    }),
  )
})
