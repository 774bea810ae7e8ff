import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HttpMethod } from '../../declare/http-route.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { createRouter, requireDistinct } from './router.ts'

function route(method: HttpMethod, path: string, operation?: string): GatewayRoute {
  return { method, path, operation, answer: () => ({ status: 200, headers: [], body: undefined }) }
}

const router = createRouter([
  route('GET', '/products/:id'),
  route('GET', '/products/new'),
  route('PATCH', '/products/:id'),
  route('GET', '/:a/:b/:c'),
])

describe('the router', () => {
  it('gives parameters back as they were before they were encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
        fc.pre(id !== 'new')
        expect(router.find('GET', `/products/${encodeURIComponent(id)}`)?.params).toEqual({ id })
      }),
    )
  })

  it('finds something, nothing, or that the path is malformed, whatever the path is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\/[\x21-\x7e]{0,40}$/), (path) => {
        const found = router.find('GET', path)
        if (router.isMalformed(path)) expect(found).toBeUndefined()
        for (const value of Object.values(found?.params ?? {})) expect(value).toBeTypeOf('string')
      }),
      { numRuns: 1000 },
    )
  })

  it('prefers what is spelled out, and answers HEAD like GET', () => {
    expect(router.find('GET', '/products/new')?.route.path).toBe('/products/new')
    expect(router.find('HEAD', '/products/1')?.route.path).toBe('/products/:id')
    expect(router.find('DELETE', '/products/1')).toBeUndefined()
    expect(router.find('BREW', '/products/1')).toBeUndefined()
  })

  it('knows the methods of a path', () => {
    expect(router.methods('/products/1')).toEqual(['GET', 'HEAD', 'PATCH'])
    expect(router.methods('/products/new')).toEqual(['GET', 'HEAD', 'PATCH'])
    expect(router.methods('/nowhere')).toEqual([])
    expect(router.methods('/products/%zz')).toEqual([])
  })

  it('has no place for two routes that match the same requests', () => {
    expect(() => requireDistinct([route('GET', '/a/:x', 'a.one'), route('GET', '/a/:y', 'a.two')])).toThrow(
      /FUL-1015 a\.two: .*"a\.one"/,
    )
    expect(() =>
      requireDistinct([route('GET', '/healthz', 'a.one'), route('GET', '/healthz', undefined)]),
    ).toThrow(/a\.one: .*"Fulcrum itself"/)
    expect(() => requireDistinct([route('GET', '/a/:x'), route('PUT', '/a/:x')])).not.toThrow()
  })
})
