import type { Clock } from '../../kernel/clock.ts'
import { MAINTENANCE_DATABASE } from './nodes.ts'
import { PostgresServer } from './server.ts'
import { connectionUrl, type Credentials } from './sql.ts'

/**
 * One node of a test cluster. Its port and URLs stay the same whatever happens to it.
 *
 * running → pause() → paused → resume() → running; running or paused → kill() or stop() → down → start() → running.
 */
export class TestNode {
  /** `primary`, `replica_1`, …; also the node's `application_name` and slot on the primary. */
  readonly name: string
  readonly port: number
  readonly #credentials: Credentials
  readonly #clock: Clock
  #server: PostgresServer

  constructor(server: PostgresServer, credentials: Credentials, clock: Clock) {
    this.name = server.plan.name
    this.port = server.plan.port
    this.#credentials = credentials
    this.#clock = clock
    this.#server = server
  }

  /** URL of a database on this node; of the maintenance database when none is named. */
  url(database: string = MAINTENANCE_DATABASE): string {
    return connectionUrl({ ...this.#credentials, port: this.port, database })
  }

  /** Freezes all processes (SIGSTOP): connections stay open, nothing answers. */
  pause(): void {
    this.#server.pause()
  }

  /** Ends a pause (SIGCONT). */
  resume(): void {
    this.#server.resume()
  }

  /** SIGKILL to all processes, as if the machine had crashed. The node stays down until `start()`. */
  async kill(): Promise<void> {
    await this.#server.kill()
  }

  /** Stops the node in an orderly way. It stays down until `start()`. */
  async stop(): Promise<void> {
    await this.#server.stop()
  }

  /** Starts a node that is down, on the same port and data; resolves when it accepts connections. */
  async start(): Promise<void> {
    this.#server = await PostgresServer.start(this.#server.plan, this.#clock)
  }

  /** Stops and starts the node; sessions end. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }
}
