import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came in. */
export interface Seen {
  readonly method: string
  /** Path and query as they were on the wire. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Whether the caller went away before it was answered. */
  readonly abandoned: () => boolean
}

export type Script = (response: ServerResponse, seen: Seen) => void

/** A real HTTP server that answers one request after the other as its script says; the last entry goes for all that follow. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
  readonly seen: readonly Seen[]
}

export async function scriptedServer(...scripts: readonly Script[]): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void received(request, response).then((each) => {
      seen.push(each)
      scripts[Math.min(seen.length, scripts.length) - 1]?.(response, each)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function received(request: IncomingMessage, response: ServerResponse): Promise<Seen> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
  const { method = '', url: target = '', headers } = request
  return { method, target, headers, body, abandoned: () => response.destroyed && !response.writableFinished }
}

/** Answers with JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Script {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
}

/** Answers with anything. */
export function raw(status: number, headers: Readonly<Record<string, string>>, body: string): Script {
  return (response) => void response.writeHead(status, headers).end(body)
}

/** Promises more than it sends, then breaks the connection. */
export const cutOff: Script = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
  response.write('{"n":', () => response.destroy())
}

/** Breaks the connection without an answer. */
export const hangUp: Script = (response) => void response.destroy()

/** Never answers. */
export const silence: Script = () => {}

/** Begins to answer and never ends. */
export const endless: Script = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"n":')
}
