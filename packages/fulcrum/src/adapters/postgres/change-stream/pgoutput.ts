import type { Lsn } from '../../../consistency/label.ts'
import { ByteReader } from './byte-reader.ts'
import { malformed } from './malformed.ts'
import { type Column, Relation, type Tuple, type TupleValue } from './relation.ts'

/** The messages of the output plugin `pgoutput`, protocol version 1, as far as they matter here. */
export type Message =
  /** `xid` has 32 bits. */
  | { readonly kind: 'begin'; readonly xid: number }
  | { readonly kind: 'commit'; readonly end: Lsn }
  /** `left` is undefined for an insert, `reached` for a delete. */
  | {
      readonly kind: 'row'
      readonly relation: Relation
      readonly left: Tuple | undefined
      readonly reached: Tuple | undefined
    }
  | { readonly kind: 'truncate'; readonly relations: readonly Relation[] }
  /** Says something that changes no row. */
  | { readonly kind: 'other' }

const OTHER: Message = { kind: 'other' }
const KEY = letter('K')
const OLD = letter('O')
const NEW = letter('N')
const NULL_VALUE = letter('n')
const UNCHANGED = letter('u')
const TEXT = letter('t')
const IN_IDENTITY = 1

function letter(text: string): number {
  return text.charCodeAt(0)
}

/**
 * Decodes messages one by one (manual, section 53.9). Keeps what relation messages say: the server sends one before the first change of a table
 * and after the table was altered.
 *
 * @throws FUL-4036 for whatever is not such a message.
 */
export class PgOutputDecoder {
  readonly #relations = new Map<number, Relation>()
  readonly #kinds: Readonly<Record<number, (reader: ByteReader) => Message>> = {
    [letter('B')]: begin,
    [letter('C')]: commit,
    [letter('R')]: (reader) => this.#relation(reader),
    [letter('I')]: (reader) => this.#insert(reader),
    [letter('U')]: (reader) => this.#update(reader),
    [letter('D')]: (reader) => this.#delete(reader),
    [letter('T')]: (reader) => this.#truncate(reader),
    [letter('Y')]: passOver,
    [letter('O')]: passOver,
    [letter('M')]: passOver,
  }

  decode(message: Buffer): Message {
    const reader = new ByteReader(message)
    const kind = reader.byte()
    const decode = this.#kinds[kind]
    if (decode === undefined) throw malformed(`a message of the unknown kind ${kind}`)
    const decoded = decode(reader)
    if (!reader.isAtEnd) throw malformed(`a message of the kind ${kind} is longer than it says`)
    return decoded
  }

  #relation(reader: ByteReader): Message {
    const id = reader.uint32()
    const schema = reader.cString()
    const table = reader.cString()
    reader.skip(1)
    const count = reader.uint16()
    const columns: Column[] = []
    for (let index = 0; index < count; index++) columns.push(column(reader))
    // Only names of the system catalog come as nothing.
    this.#relations.set(id, new Relation({ schema: schema || 'pg_catalog', table }, columns))
    return OTHER
  }

  #insert(reader: ByteReader): Message {
    const relation = this.#known(reader)
    expectPart(reader.byte(), NEW)
    return { kind: 'row', relation, left: undefined, reached: tuple(reader, relation) }
  }

  #update(reader: ByteReader): Message {
    const relation = this.#known(reader)
    const part = reader.byte()
    const sent = part === NEW ? undefined : left(part, reader, relation)
    if (sent !== undefined) expectPart(reader.byte(), NEW)
    const reached = tuple(reader, relation)
    if (sent === undefined) return { kind: 'row', relation, left: relation.identityOf(reached), reached }
    return { kind: 'row', relation, left: sent, reached: completed(reached, sent) }
  }

  #delete(reader: ByteReader): Message {
    const relation = this.#known(reader)
    return { kind: 'row', relation, left: left(reader.byte(), reader, relation), reached: undefined }
  }

  #truncate(reader: ByteReader): Message {
    const count = reader.uint32()
    reader.skip(1)
    const relations: Relation[] = []
    for (let index = 0; index < count; index++) relations.push(this.#known(reader))
    return { kind: 'truncate', relations }
  }

  #known(reader: ByteReader): Relation {
    const id = reader.uint32()
    const relation = this.#relations.get(id)
    if (relation === undefined) throw malformed(`a change of the table ${id}, which was not described`)
    return relation
  }
}

function begin(reader: ByteReader): Message {
  reader.lsn()
  reader.skip(8)
  return { kind: 'begin', xid: reader.uint32() }
}

function passOver(reader: ByteReader): Message {
  reader.skipAll()
  return OTHER
}

function commit(reader: ByteReader): Message {
  reader.skip(1)
  reader.lsn()
  const end = reader.lsn()
  reader.skip(8)
  return { kind: 'commit', end }
}

function column(reader: ByteReader): Column {
  const flags = reader.byte()
  const name = reader.cString()
  reader.skip(8)
  return { name, isIdentity: (flags & IN_IDENTITY) !== 0 }
}

/** The state that a row has left: its identity, where NULL stands for what was not sent, or all of it. */
function left(part: number, reader: ByteReader, relation: Relation): Tuple {
  if (part === OLD) return tuple(reader, relation)
  expectPart(part, KEY)
  return relation.identityOf(tuple(reader, relation))
}

function tuple(reader: ByteReader, { columns }: Relation): Tuple {
  const count = reader.uint16()
  if (count !== columns.length)
    throw malformed(`a row of ${count} columns where ${columns.length} were described`)
  const values: TupleValue[] = []
  for (let index = 0; index < count; index++) values.push(value(reader))
  return values
}

function value(reader: ByteReader): TupleValue {
  const kind = reader.byte()
  if (kind === TEXT) return reader.text(reader.uint32())
  if (kind === NULL_VALUE) return null
  if (kind === UNCHANGED) return undefined
  throw malformed(`a value of the unknown kind ${kind}`)
}

/** A large value that did not change is not sent again, but the old state may have it. */
function completed(reached: Tuple, sent: Tuple): Tuple {
  return reached.includes(undefined)
    ? reached.map((each, index) => (unsent(each) ? sent[index] : each))
    : reached
}

function unsent(each: TupleValue): each is undefined {
  return each === undefined
}

function expectPart(found: number, expected: number): void {
  if (found !== expected) throw malformed(`part ${found} of a row where ${expected} was expected`)
}
