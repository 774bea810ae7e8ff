import { describe, expect, it } from 'vitest'
import { addressOf } from './options.ts'

describe('addressOf', () => {
  it('prefers the option, then the variable, then the default', () => {
    expect(addressOf({}, {})).toEqual({ port: 4000, host: '127.0.0.1' })
    expect(addressOf({}, { PORT: '4001', HOST: '::1' })).toEqual({ port: 4001, host: '::1' })
    expect(addressOf({ port: '0', host: '0.0.0.0' }, { PORT: '4001', HOST: '::1' })).toEqual({
      port: 0,
      host: '0.0.0.0',
    })
  })

  it('takes an empty variable for none', () => {
    expect(addressOf({}, { PORT: '' }).port).toBe(4000)
  })

  it.each(['65536', '-1', '1e3', '4000 ', 'http', '123456'])(
    'refuses the port %j and says where it came from',
    (port) => {
      expect(() => addressOf({ port }, {})).toThrow(expect.objectContaining({ code: 'FUL-6006' }))
      expect(() => addressOf({ port }, {})).toThrow('--port')
      expect(() => addressOf({}, { PORT: port })).toThrow(/^FUL-6006 PORT/)
    },
  )
})
