import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { readStream } from './read-stream.ts'

const code = async (outcome: Promise<unknown>): Promise<string> => {
  const reason: unknown = await outcome.then(
    () => 'read',
    (error: unknown) => error,
  )
  return isFulcrumError(reason) ? reason.code : String(reason)
}

describe('reading a stream', () => {
  it('gives its bytes, however they are cut, up to the limit and not beyond', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 0, max: 120 }), async (parts, limit) => {
        const stream = new PassThrough()
        const outcome = readStream(stream, limit, undefined)
        for (const part of parts) stream.write(part)
        stream.end()
        const whole = Buffer.concat(parts)
        if (whole.length > limit) expect(await code(outcome)).toBe('FUL-2005')
        else expect(Buffer.from(await outcome)).toEqual(whole)
      }),
    )
  })

  it('fails when the caller leaves before the end, and leaves no listeners behind', async () => {
    const stream = new PassThrough()
    const outcome = readStream(stream, 100, undefined)
    stream.write('half')
    stream.destroy()
    expect(await code(outcome)).toBe('FUL-2010')
    expect(await code(readStream(stream, 100, undefined))).toBe('FUL-2010')
    expect(stream.listenerCount('data') + stream.listenerCount('end')).toBe(0)
  })

  it('fails when the stream breaks', async () => {
    const stream = new PassThrough()
    const outcome = readStream(stream, 100, undefined)
    stream.destroy(new Error('ECONNRESET'))
    expect(await code(outcome)).toBe('FUL-2010')
  })

  it('reads on beyond the limit, so that the sender comes to hear the answer', async () => {
    const stream = new PassThrough()
    const outcome = readStream(stream, 10, undefined)
    let settled = false
    void outcome.catch(() => (settled = true))
    stream.write(Buffer.alloc(1000))
    await new Promise((resolve) => void setImmediate(resolve))
    expect(settled).toBe(false)
    stream.end()
    expect(await code(outcome)).toBe('FUL-2005')
  })

  it('does not read on for ever', async () => {
    const stream = new PassThrough()
    const outcome = readStream(stream, 10, undefined)
    for (let megabytes = 0; megabytes < 10; megabytes++) stream.write(Buffer.alloc(1024 * 1024))
    expect(await code(outcome)).toBe('FUL-2005')
    expect(await code(readStream(new PassThrough(), 10, 1e12))).toBe('FUL-2005')
  })
})
