import { createConnection, type Socket } from 'node:net'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { ErrorCode } from '../../kernel/errors/table.ts'
import { Channel } from './channel.ts'
import { endOfLog } from './files.ts'
import type { Home } from './home.ts'
import type { PlatformPackage } from './platform-package.ts'
import {
  handshake,
  type InstanceChannel,
  supervisorAddress,
  type SupervisorMessage,
  type JoinMessage,
} from './protocol.ts'
import { type SpawnedSupervisor, spawnSupervisor, supervisorLog } from './spawn-supervisor.ts'

export interface JoinParts {
  readonly clock: Clock
  readonly home: Home
  readonly platformPackage: PlatformPackage
  readonly log: (line: string) => void
}

/** A place in the cluster: held as long as the channel is open. */
export interface Joined {
  readonly channel: InstanceChannel
  readonly port: number
}

// How long nobody may answer. A supervisor that fails is noticed at once; this is for one that hangs.
const ANSWER_LIMIT = 60_000
// How many supervisors may die under an instance that waits for its answer.
const MOST_LOST = 5
const HANDSHAKE_LIMIT = 5_000
const RETRY_PAUSE = 15
// A supervisor that was started may find that another one was faster, and that one may be stopping. Then a new one is needed.
const SPAWN_PAUSE = 1_000

/**
 * Joins the cluster through its supervisor, which is started when there is none. Resolves when the primary accepts connections.
 *
 * @throws FUL-5013 when no supervisor answers; whatever error the supervisor refuses with.
 */
export async function joinCluster(parts: JoinParts, message: JoinMessage): Promise<Joined> {
  const { clock } = parts
  for (let lost = 0; lost <= MOST_LOST; lost++) {
    const channel = await reachSupervisor(parts)
    const port = await ask(channel, message, parts.log)
    if (port !== undefined) return { channel, port }
    await clock.sleep(RETRY_PAUSE)
  }
  throw noAnswer(parts.home)
}

async function reachSupervisor(parts: JoinParts): Promise<InstanceChannel> {
  const { clock, home, platformPackage } = parts
  const giveUpAt = clock.now() + ANSWER_LIMIT
  let spawned: SpawnedSupervisor | undefined
  for (let spawnAt = clock.now(); clock.now() < giveUpAt; await clock.sleep(RETRY_PAUSE)) {
    const channel = await connect(parts)
    if (channel !== undefined) return channel
    if (spawned?.hasFailed === true) break
    if (clock.now() < spawnAt) continue
    spawned = spawnSupervisor(home, platformPackage)
    spawnAt = clock.now() + SPAWN_PAUSE
  }
  throw noAnswer(home)
}

// A supervisor that is frozen accepts connections and says nothing.
async function connect({ home, clock }: JoinParts): Promise<InstanceChannel | undefined> {
  const { supervisor: secret } = home.secrets
  const socket = await open(supervisorAddress(secret))
  if (socket === undefined) return undefined
  const channel: InstanceChannel = new Channel(socket)
  const timeout = clock.timer(HANDSHAKE_LIMIT, () => channel.destroy())
  const isKnown = await handshake(channel, 'instance', secret)
  timeout.cancel()
  if (isKnown) return channel
  channel.destroy()
  return undefined
}

async function open(address: string): Promise<Socket | undefined> {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>()
  const socket = createConnection(address)
  socket.once('connect', () => resolve(socket))
  socket.once('error', () => resolve(undefined))
  return promise
}

// The port, or undefined when the supervisor went away without an answer: it was stopping, or it died.
async function ask(
  channel: InstanceChannel,
  message: JoinMessage,
  log: (line: string) => void,
): Promise<number | undefined> {
  channel.send(message)
  for (let answer = await channel.next(); answer !== undefined; answer = await channel.next()) {
    if (answer.type === 'primary') return answer.port
    if (answer.type === 'log') log(answer.line)
    if (answer.type === 'failed') throw refusal(channel, answer)
  }
  return undefined
}

function refusal(channel: InstanceChannel, { code, params }: SupervisorMessage & { type: 'failed' }): Error {
  channel.destroy()
  return fulcrumError(code as ErrorCode, params as never)
}

function noAnswer(home: Home): Error {
  const log = supervisorLog(home)
  return fulcrumError('FUL-5013', { directory: home.directory, log, reason: endOfLog(log) })
}
