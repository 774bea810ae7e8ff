import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { formatSize } from '../../kernel/size.ts'

/** The body of a request as it comes, with how long one of its lines may be, in bytes. */
export class NdjsonBody {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly longestLine: number

  constructor(chunks: AsyncIterable<Uint8Array>, longestLine: number) {
    this.chunks = chunks
    this.longestLine = longestLine
  }
}

const NEWLINE = 0x0a
const encoder = new TextEncoder()

/** The lines of an import, without their ends. What is not asked for is not read on: whoever sends it waits. @throws FUL-2017 */
export function linesOf(input: unknown, operation: string): AsyncIterable<Uint8Array> {
  return input instanceof NdjsonBody ? split(input, operation) : encoded(input as Iterable<unknown>)
}

async function* split({ chunks, longestLine }: NdjsonBody, operation: string): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = []
  let length = 0
  let line = 1
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      rest.push(chunk.subarray(start, end))
      if (length + end - start > longestLine) throw tooLong(line, longestLine, operation)
      yield joined(rest)
      rest = []
      length = 0
      line += 1
      start = end + 1
    }
    if (start === chunk.byteLength) continue
    rest.push(chunk.subarray(start))
    length += chunk.byteLength - start
    if (length > longestLine) throw tooLong(line, longestLine, operation)
  }
  if (length > 0) yield joined(rest)
}

async function* encoded(rows: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const row of rows) yield encoder.encode(JSON.stringify(row) ?? 'null')
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}

function tooLong(line: number, limit: number, operation: string): Error {
  return fulcrumError('FUL-2017', { line, limit: formatSize(limit) }, { operation })
}
