import { type Joined, joinCluster, type JoinParts } from './instance.ts'
import type { InstanceChannel, JoinMessage, SupervisorMessage } from './protocol.ts'
import { connectionUrl } from './sql.ts'

/** A place in a running embedded cluster. */
export interface EmbeddedCluster {
  /** URL of the application's database on the primary. Stays the same until `release()`, also when the primary is restarted. */
  readonly primaryUrl: string
  /**
   * The replicas' URLs, as soon as all replicas that this instance asked for stream, or those that do when it leaves before that. The
   * primary serves without waiting for them.
   */
  replicaUrls(): Promise<readonly string[]>
  /** Calls `listener` once for each replica when it streams, at once for those that do already. */
  onReplica(listener: (url: string) => void): void
  /** Leaves. When the last instance has left, the cluster goes on for 5 s and is then stopped; its data stays. */
  release(): Promise<void>
}

export interface AttachmentParts extends JoinParts {
  readonly message: JoinMessage
}

const REJOIN_PAUSE = 1_000

/**
 * An instance's hold on the cluster.
 *
 * attached → (the supervisor dies) → rejoining → attached; any → release() → released. While it rejoins, the cluster itself goes on:
 * the supervisor only watches over it.
 */
export class Attachment implements EmbeddedCluster {
  readonly primaryUrl: string
  readonly #parts: AttachmentParts
  readonly #port: number
  readonly #replicas = new Map<number, string>()
  readonly #listeners: ((url: string) => void)[] = []
  readonly #complete = Promise.withResolvers<readonly string[]>()
  #channel: InstanceChannel
  #isReleased = false

  constructor(joined: Joined, parts: AttachmentParts) {
    this.#parts = parts
    this.#port = joined.port
    this.#channel = joined.channel
    this.primaryUrl = this.#url(joined.port)
    this.#hold(joined.channel)
  }

  async replicaUrls(): Promise<readonly string[]> {
    return this.#complete.promise
  }

  onReplica(listener: (url: string) => void): void {
    this.#listeners.push(listener)
    for (const url of this.#replicas.values()) listener(url)
  }

  async release(): Promise<void> {
    this.#isReleased = true
    this.#complete.resolve([...this.#replicas.values()])
    await this.#channel.end()
  }

  #hold(channel: InstanceChannel): void {
    this.#channel = channel
    this.#letGo()
    channel.listen((message) => this.#hear(message))
    void channel.closed.then(() => this.#lost())
  }

  // Once everything is there, the connection is no reason for the process to stay: a script that forgets to release ends, and with it
  // the connection. Before that somebody may wait for the replicas.
  #letGo(): void {
    if (this.#replicas.size < this.#parts.message.replicas) return
    this.#complete.resolve([...this.#replicas.values()])
    this.#channel.unref()
  }

  #hear(message: SupervisorMessage): void {
    if (message.type === 'replicas') this.#learn(message.ports)
    if (message.type === 'log') this.#parts.log(message.line)
  }

  #learn(ports: readonly number[]): void {
    for (const port of ports.filter((each) => !this.#replicas.has(each))) {
      const url = this.#url(port)
      this.#replicas.set(port, url)
      for (const listener of this.#listeners) listener(url)
    }
    this.#letGo()
  }

  async #lost(): Promise<void> {
    while (!this.#isReleased) {
      this.#parts.log('the supervisor of the embedded cluster is gone; starting another one')
      try {
        const { channel } = await joinCluster(this.#parts, this.#again)
        if (this.#isReleased) return channel.destroy()
        return this.#hold(channel)
      } catch (error) {
        this.#parts.log(`the embedded cluster could not be joined again: ${String(error)}`)
        await this.#pause()
      }
    }
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#parts.clock.timer(REJOIN_PAUSE, resolve, { ref: false })
    await promise
  }

  // Data that was thrown away once must not be thrown away again, and the URL that was given out has to stay true.
  get #again(): JoinMessage {
    return { ...this.#parts.message, fresh: false, port: this.#port }
  }

  #url(port: number): string {
    const { home, message } = this.#parts
    return connectionUrl({ ...home.secrets.database, port, database: message.database })
  }
}
