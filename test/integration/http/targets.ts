import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { serve, toFetchHandler, toNodeHandler } from 'fulcrum/http'
import { Hono } from 'hono'
import { mount } from 'hono/mount'
import type { Sent, StartTarget, Target } from './conformance/target.ts'

/** Sends over a real socket. */
export function overSocket(url: string, close: () => Promise<void>): Target {
  return {
    send: ({ path, body, headers = {}, method = 'GET', signal }: Sent) =>
      fetch(`${url}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body, duplex: 'half' as const }),
        ...(signal !== undefined && { signal }),
      }),
    close,
  }
}

export const fastifyServer: StartTarget = async ({ app }) => {
  const server = await serve(app, { port: 0 })
  return overSocket(server.url, () => server.close())
}

/** The whole path that a request takes in Hono: mounted under a prefix, called with a standard request. */
export const honoMount: StartTarget = async ({ app }) => {
  const hono = new Hono().all('/api/*', mount(toFetchHandler(app)))
  return {
    send: async ({ path, method = 'GET', headers = {}, body, signal }: Sent) => {
      const request = new Request(`http://localhost/api${path}`, {
        method,
        headers,
        ...(body !== undefined && { body, duplex: 'half' as const }),
        ...(signal !== undefined && { signal }),
      })
      const response = await hono.fetch(request)
      // Over a socket nobody would be left to read the answer.
      signal?.throwIfAborted()
      return response
    },
    close: async () => {},
  }
}

export const expressMount: StartTarget = async ({ app }) => {
  const application = express().use('/api', toNodeHandler(app, { onUnmatched: 'problem' }))
  const { url, close } = await listening(application)
  return overSocket(`${url}/api`, close)
}

export async function listening(
  handler: RequestListener,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)))
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port}`, close }
}
