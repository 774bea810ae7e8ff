import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Channel } from './channel.ts'
import { newSecret } from './secret.ts'

/** What an instance asks for when it joins. */
export interface JoinMessage {
  readonly type: 'join'
  readonly database: string
  readonly replicas: number
  /** Throw the data away first. */
  readonly fresh: boolean
  readonly port?: number
}

/** What an instance sends. */
export type InstanceMessage = Challenge | Proof | JoinMessage

/** What the supervisor sends. Ports only: an instance has the credentials from where the supervisor has them. */
export type SupervisorMessage =
  | Challenge
  | Proof
  | { readonly type: 'primary'; readonly port: number }
  | { readonly type: 'replicas'; readonly ports: readonly number[] }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'failed'; readonly code: string; readonly params: Readonly<Record<string, unknown>> }

interface Challenge {
  readonly type: 'challenge'
  readonly nonce: string
}

interface Proof {
  readonly type: 'proof'
  readonly proof: string
}

export type InstanceChannel = Channel<SupervisorMessage, InstanceMessage>
export type SupervisorChannel = Channel<InstanceMessage, SupervisorMessage>

/**
 * The address on which a cluster's supervisor listens: a name in Linux's abstract socket namespace (unix(7)). Binding it is also the
 * lock that makes the supervisor the only one: the kernel gives the name to one process at a time and takes it back when that dies,
 * however it dies. Its length does not depend on the checkout's path, and there is no file to be cleaned away or left behind.
 */
export function supervisorAddress(secret: string): string {
  return `\0fulcrum-${createHash('sha256').update(`address:${secret}`).digest('hex').slice(0, 32)}`
}

/** What a handshake needs of a channel, whichever end it is. */
interface Handshaking {
  send(message: Challenge | Proof): void
  next(): Promise<InstanceMessage | SupervisorMessage | undefined>
}

type Side = 'instance' | 'supervisor'

/**
 * Each end proves to the other that it has read the cluster's secret, without showing it: abstract sockets have no permissions, so
 * any user of the machine may connect, or bind the name while no supervisor runs. Resolves with whether the other end has proved it.
 */
export async function handshake(channel: Handshaking, side: Side, secret: string): Promise<boolean> {
  const mine = newSecret(128)
  channel.send({ type: 'challenge', nonce: mine })
  const challenge = await channel.next()
  if (challenge?.type !== 'challenge') return false
  channel.send({ type: 'proof', proof: proofOf(side, secret, challenge.nonce) })
  const proof = await channel.next()
  if (proof?.type !== 'proof') return false
  return isSame(proof.proof, proofOf(side === 'instance' ? 'supervisor' : 'instance', secret, mine))
}

function proofOf(side: Side, secret: string, nonce: string): string {
  return createHmac('sha256', secret).update(`${side}:${nonce}`).digest('hex')
}

function isSame(found: unknown, expected: string): boolean {
  const [a, b] = [Buffer.from(String(found)), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
