import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** A reply: texts come as bytes. */
export type Reply = Buffer | string | number | null | readonly Reply[]

/** The parts of a node-redis client that the adapter uses. */
export interface RedisClient {
  connect(): Promise<unknown>
  sendCommand(args: readonly (string | Buffer)[]): Promise<unknown>
  subscribe(channel: string, listener: (message: Buffer) => void, bufferMode: true): Promise<void>
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  destroy(): void
}

/** Makes a client that is not connected. It may have to find out first where to. */
export type OpenClient = () => RedisClient | Promise<RedisClient>

/** What is used of the application's own client: how to make another one like it. */
export interface ClientLike {
  duplicate(overrides: object): unknown
  readonly options?: { readonly socket?: object | undefined } | undefined
}

export type CreateClient = (options: object) => RedisClient

/** @throws FUL-1014 when the package is not installed. */
export async function loadCreateClient(): Promise<CreateClient> {
  try {
    const { createClient } = await import('redis')
    return createClient
  } catch (error) {
    const params = { feature: 'fulcrum/redis', peer: 'redis', install: 'npm install redis' }
    throw fulcrumError('FUL-1014', params, { cause: error })
  }
}

/** RESP type byte of bulk strings, which entries come as. */
const BULK_STRING = 36

/**
 * The client sends, and nothing else: when to connect again, how long to wait and what to do while the server is away is decided here. Its own
 * timeout makes an `AbortSignal` per command, which costs more than the command.
 */
const COMMON = {
  RESP: 2,
  disableOfflineQueue: true,
  disableClientInfo: true,
  maintNotifications: 'disabled',
  commandOptions: { timeout: 0, typeMapping: { [BULK_STRING]: Buffer } },
} as const

const SOCKET = { reconnectStrategy: false, connectTimeout: 2_000, keepAlive: true } as const

/** A client for a URL; for another host and port, where they are given. The client writes the host into its socket's options, so each has its own. */
export function clientOptions(url: string, at?: { readonly host: string; readonly port: number }): object {
  if (at === undefined) return { ...COMMON, url, socket: { ...SOCKET } }
  const there = new URL(url)
  there.hostname = at.host.includes(':') ? `[${at.host}]` : at.host
  there.port = String(at.port)
  return clientOptions(there.href)
}

/** Another client with the settings of the application's own: address, credentials, TLS. */
export function duplicateOf(client: ClientLike): RedisClient {
  return client.duplicate({ ...COMMON, socket: { ...client.options?.socket, ...SOCKET } }) as RedisClient
}

export function destroy(client: RedisClient | undefined): void {
  try {
    client?.destroy()
  } catch {
    // It was never connected.
  }
}
