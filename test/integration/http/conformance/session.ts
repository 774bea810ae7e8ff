import type { ProbeApp } from '../probe-app.ts'
import type { Sent, Target } from './target.ts'

/** A probe application behind a server, with short ways to ask it. */
export class Session {
  readonly probe: ProbeApp
  /** Of the server. */
  readonly name: string
  readonly #target: Target

  constructor(name: string, probe: ProbeApp, target: Target) {
    this.name = name
    this.probe = probe
    this.#target = target
  }

  send(request: Sent): Promise<Response> {
    return this.#target.send(request)
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send({ path, headers })
  }

  /** Sends JSON; a string goes as it is. */
  post(path: string, body: unknown, method = 'POST'): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return this.send({ method, path, headers: { 'content-type': 'application/json' }, body: text })
  }

  async close(): Promise<void> {
    await this.#target.close()
    await this.probe.app.close()
  }
}
