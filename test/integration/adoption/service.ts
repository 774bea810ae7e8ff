import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../../support/wait-for.ts'

/** How the application was before it adopted an operation, and how it is after. */
export type Version = 'before' | 'after'

const PROGRAMS: Record<Version, URL> = {
  before: new URL('./before/server.ts', import.meta.url),
  after: new URL('./after/server.ts', import.meta.url),
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
}

export interface Sent {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** The application, running as a process of its own. Disposing of it kills it. */
export class Service implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #closed: Promise<unknown[]>
  #output = ''

  private constructor(version: Version, databaseUrl: string) {
    const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: '0' }
    this.#process = spawn(process.execPath, [fileURLToPath(PROGRAMS[version])], { env })
    this.#closed = once(this.#process, 'close')
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    }
  }

  /** Resolves when it listens. */
  static async start(version: Version, databaseUrl: string): Promise<Service> {
    const service = new Service(version, databaseUrl)
    await service.#port()
    return service
  }

  /** What it printed. */
  get output(): string {
    return this.#output
  }

  async request(path: string, { method = 'GET', token, body, headers = {} }: Sent = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const sent = httpRequest(`http://127.0.0.1:${await this.#port()}${path}`, {
      method,
      // A connection of its own that nobody keeps: the application may end as soon as it has answered.
      agent: false,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    }).end(text)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: response.statusCode ?? 0, headers: response.headers, body: await json(response) }
  }

  /** Asks it to end; resolves with its exit code and signal once it has ended by itself. */
  async terminate(): Promise<{ readonly code: unknown; readonly signal: unknown }> {
    this.#process.kill('SIGTERM')
    const late = AbortSignal.timeout(10_000)
    const [code, signal] = await Promise.race([
      this.#closed,
      once(late, 'abort').then(() => ['still running']),
    ])
    return { code, signal }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#closed
  }

  #port(): Promise<string> {
    const find = (): string | undefined => /^listening on (\d+)$/m.exec(this.#output)?.[1]
    const ended = (): boolean => this.#process.exitCode !== null
    return waitFor(() => find() ?? (ended() ? '' : undefined), { deadline: 20_000 }).then((port) => {
      if (port === '') throw new Error(`it ended: ${this.#output}`)
      return port
    })
  }
}
