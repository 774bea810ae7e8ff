import type { Readable } from 'node:stream'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** The bytes of a stream, as they are asked for. Who stops asking leaves the stream as it is: its answer may still be sent. @throws FUL-2010 where it is cut off */
export async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }))
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
  } catch (cause) {
    throw fulcrumError('FUL-2010', {}, { cause })
  }
}
