import { createServer, type Server, type Socket } from 'node:net'
import type { Clock, Timer } from '../../kernel/clock.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { Channel } from './channel.ts'
import type { Cluster } from './cluster.ts'
import { handshake, type JoinMessage, type SupervisorChannel, type SupervisorMessage } from './protocol.ts'

/** How long the cluster outlives its last instance, in milliseconds: a restarted application finds it running. */
export const LINGER = 5_000
const HANDSHAKE_LIMIT = 5_000

export interface SupervisorParts {
  readonly clock: Clock
  readonly address: string
  readonly secret: string
  readonly log: (line: string) => void
  /** Makes the cluster, when the first instance asks for it. */
  readonly makeCluster: () => Cluster
}

/**
 * The process that owns a cluster on behalf of the instances that are connected to it.
 *
 * listening → (an instance joins) → serving → (the last one leaves) → lingering → (5 s) → stopping → done; lingering → (an instance
 * joins) → serving. Whatever touches the cluster runs one after another. Until the cluster has stopped the address stays taken, so
 * that no other supervisor starts in between; an instance that connects by then is sent away and comes again.
 */
export class Supervisor {
  readonly #parts: SupervisorParts
  readonly #server: Server
  readonly #connected = new Set<SupervisorChannel>()
  readonly #joined = new Set<SupervisorChannel>()
  readonly #done = Promise.withResolvers<void>()
  #cluster: Cluster | undefined
  #turn: Promise<void> = Promise.resolve()
  #linger: Timer | undefined
  #isStopping = false

  constructor(parts: SupervisorParts) {
    this.#parts = parts
    this.#server = createServer((socket) => void this.#welcome(socket))
  }

  /** Takes the address; `false` when another supervisor has it. */
  async listen(): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    this.#server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    this.#server.listen(this.#parts.address, () => resolve(true))
    return promise
  }

  /** Serves instances with the cluster until none is left; resolves when the cluster has stopped. */
  async run(): Promise<void> {
    this.#startLinger(LINGER)
    await this.#done.promise
  }

  /** Tells every instance about the replicas. */
  announce(ports: readonly number[]): void {
    for (const channel of this.#joined) channel.send({ type: 'replicas', ports })
  }

  /** Tells every instance what happened. */
  tell(line: string): void {
    for (const channel of this.#connected) channel.send({ type: 'log', line })
  }

  /** Stops the cluster although there may be instances. */
  async shutDown(): Promise<void> {
    await this.#inTurn(() => this.#stop())
  }

  async #welcome(socket: Socket): Promise<void> {
    // Before the handshake: who waits for an answer would take this for a supervisor that died.
    if (this.#isStopping) return void socket.destroy()
    const channel: SupervisorChannel = new Channel(socket)
    const timeout = this.#parts.clock.timer(HANDSHAKE_LIMIT, () => channel.destroy())
    const isKnown = await handshake(channel, 'supervisor', this.#parts.secret)
    timeout.cancel()
    if (!isKnown || this.#isStopping) return channel.destroy()
    this.#linger?.cancel()
    this.#connected.add(channel)
    void channel.closed.then(() => this.#goodbye(channel))
    channel.listen((message) => {
      if (message.type === 'join') void this.#inTurn(() => this.#join(channel, message))
    })
  }

  #goodbye(channel: SupervisorChannel): void {
    this.#connected.delete(channel)
    this.#joined.delete(channel)
    // A cluster that did not come up is nothing to linger for, and the next attempt may bring other programs.
    if (this.#connected.size === 0) this.#startLinger(this.#cluster?.isUp === true ? LINGER : 0)
  }

  #startLinger(ms: number): void {
    this.#linger?.cancel()
    this.#linger = this.#parts.clock.timer(ms, () => void this.#inTurn(() => this.#leave()))
  }

  async #leave(): Promise<void> {
    if (this.#connected.size === 0) await this.#stop()
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    this.#linger?.cancel()
    await this.#cluster?.stop()
    this.#server.close()
    for (const channel of this.#connected) channel.destroy()
    this.#done.resolve()
  }

  async #join(channel: SupervisorChannel, message: JoinMessage): Promise<void> {
    if (!this.#connected.has(channel)) return
    try {
      await this.#serve(channel, message)
    } catch (error) {
      this.#parts.log(`an instance was refused: ${String(error)}`)
      channel.send(failure(error))
      void channel.end()
    }
  }

  async #serve(channel: SupervisorChannel, message: JoinMessage): Promise<void> {
    const cluster = (this.#cluster ??= this.#parts.makeCluster())
    if (message.fresh) await this.#startOver(cluster)
    await cluster.ensurePrimary(message.port)
    await cluster.ensureDatabase(message.database)
    channel.send({ type: 'primary', port: cluster.port })
    channel.send({ type: 'replicas', ports: cluster.replicaPorts })
    if (this.#connected.has(channel)) this.#joined.add(channel)
    cluster.wantReplicas(message.replicas)
  }

  // Data that somebody uses is not thrown away. Sessions are counted too: instances of a supervisor that has just died have not
  // come back yet, and a developer's own client belongs to no instance.
  async #startOver(cluster: Cluster): Promise<void> {
    if (cluster.isOrphaned) await cluster.ensurePrimary(undefined)
    const sessions = cluster.isUp ? await cluster.sessions() : 0
    const instances = this.#joined.size
    if (instances > 0 || sessions > 0) throw fulcrumError('FUL-5011', { instances, sessions })
    await cluster.destroy()
    this.#parts.log('removed the data')
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      if (!this.#isStopping) await work()
    })
    // Whoever waits gets the error; the next in turn does not.
    this.#turn = turn.catch(() => {})
    await turn
  }
}

function failure(error: unknown): SupervisorMessage {
  if (isFulcrumError(error)) return { type: 'failed', code: error.code, params: { ...error.params } }
  return { type: 'failed', code: 'FUL-5012', params: { reason: String(error) } }
}
