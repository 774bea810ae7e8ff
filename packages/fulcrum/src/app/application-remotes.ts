import { RemoteTokens } from '../enforce/session/remote-tokens.ts'
import type { TokenSigner } from '../enforce/session/token-signer.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import { InternalRoute } from '../http/internal/internal-route.ts'
import { InternalServer } from '../http/internal/internal-server.ts'
import { PooledTransport } from '../http/internal/pooled-transport.ts'
import { RemoteClient } from '../http/internal/remote-client.ts'
import type { Disposer } from '../kernel/disposal.ts'
import type { RemotePort } from '../ports/remote.ts'
import type { Address } from './app.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import { logInternalFailure } from './log-failure.ts'

const LOCALHOST = '127.0.0.1'

export interface ApplicationRemotesParts extends AppParts {
  readonly booted: Booted
}

/** The other processes of an application's system: new → open (they can be called) → serving (they can call). Each step does nothing where there are none. */
export class ApplicationRemotes {
  readonly #parts: ApplicationRemotesParts
  readonly #ports = new Map<string, RemotePort>()
  #server: InternalServer | undefined

  constructor(parts: ApplicationRemotesParts) {
    this.#parts = parts
  }

  /** By module. */
  get ports(): ReadonlyMap<string, RemotePort> {
    return this.#ports
  }

  /** Where other processes call this one; `undefined` where they do not. */
  get address(): Address | undefined {
    return this.#server && { url: this.#server.url, port: this.#server.port }
  }

  /** Connects to nothing yet: a process that is away is no reason not to start. */
  async open(disposer: Disposer): Promise<void> {
    const { booted, clock, random } = this.#parts
    const [key = ''] = booted.internal?.keys ?? []
    for (const { module, url, connections } of booted.places) {
      const transport = await PooledTransport.open({ url, connections })
      const client = new RemoteClient({ module, transport, key, clock, random })
      this.#ports.set(module, client)
      disposer.use(`connections to module ${module}`, () => client.close())
    }
  }

  /** Answers calls of other processes, where that is configured. @throws FUL-7001 when the address is taken. */
  async serve(runtime: Runtime, signer: TokenSigner | undefined, disposer: Disposer): Promise<void> {
    const { booted, clock, log } = this.#parts
    const { keys, port, host = LOCALHOST } = booted.internal ?? { keys: [] }
    if (port === undefined) return
    const failed: ConstructorParameters<typeof InternalRoute>[0]['failed'] = (failure) =>
      log(logInternalFailure(failure))
    const route = new InternalRoute({ runtime, clock, keys, signer, failed })
    const server = await InternalServer.listen(route, { port, host }, clock)
    this.#server = server
    disposer.use('internal HTTP server', () => server.close())
  }

  /** For sessions that go along to a process on the same database. */
  static tokens(signer: TokenSigner | undefined): RemoteTokens | undefined {
    return signer && new RemoteTokens(signer)
  }
}
