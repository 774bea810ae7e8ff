import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../kernel/random.ts'
import { Attachment, type EmbeddedCluster } from './attachment.ts'
import { checkoutOf, chosenHome, homeOf } from './checkout.ts'
import { openHome } from './home.ts'
import { joinCluster } from './instance.ts'
import { findPlatformPackage } from './platform-package.ts'
import type { JoinMessage } from './protocol.ts'
import { loadClient } from './sql.ts'

export interface EmbeddedOptions {
  /**
   * Directory of the cluster: data, logs, programs. Default: one per checkout, so that all instances of an application share a cluster
   * whatever directory they are started in: `.fulcrum/postgres` in the checkout, or a directory below `/var/lib/fulcrum` when root
   * runs a checkout that nobody else may enter.
   */
  readonly directory?: string
  /** Streaming replicas. Default 1. When instances differ, the largest number counts. */
  readonly replicas?: number
  /** Port of the primary. Default: the port of the last time, or a free one. Of no effect when the cluster is running. */
  readonly port?: number
  /** Throw all data away and start anew. Refused while anybody uses the data. Default `false`. */
  readonly fresh?: boolean
  /** The application's database; created when it does not exist. Default `app`. */
  readonly database?: string
}

export interface EmbeddedParts {
  readonly clock: Clock
  readonly random: Random
  /** Told what happens to the cluster: nodes started, found, restarted. */
  readonly log?: (line: string) => void
}

/** The location of a store that is an embedded cluster. Nothing happens before `start`. */
export interface EmbeddedSource {
  readonly kind: 'embedded'
  /** How many streaming replicas it asks for. */
  readonly replicas: number
  /**
   * Joins the cluster and starts it if need be; resolves when the primary accepts connections.
   *
   * @throws FUL-1014 when the platform package or `pg` is not installed; FUL-5001 on another platform than Linux; FUL-5002 to
   * FUL-5013 when the cluster cannot be started or joined.
   */
  start(parts: EmbeddedParts): Promise<EmbeddedCluster>
  /** The same cluster, its data thrown away at the start: what the option `fresh` asks for. */
  emptied(): EmbeddedSource
}

/**
 * PostgreSQL that comes with the application, for development, tests and single machines: a primary and streaming replicas on the
 * loopback interface. All instances of a checkout share one cluster.
 *
 * @throws FUL-1012 when an option is not allowed.
 */
export function embedded(options: EmbeddedOptions = {}): EmbeddedSource {
  const message = joinMessage(options)
  return Object.freeze({
    kind: 'embedded',
    replicas: message.replicas,
    start: (parts: EmbeddedParts) => start(options.directory, message, parts),
    emptied: () => embedded({ ...options, fresh: true }),
  })
}

function joinMessage(options: EmbeddedOptions): JoinMessage {
  const { replicas = 1, port, fresh = false, database = 'app' } = options
  check('replicas', replicas, { holds: isIntegerIn(replicas, 0, 4), allowed: 'an integer from 0 to 4' })
  check('port', port, {
    holds: port === undefined || isIntegerIn(port, 1, 65_535),
    allowed: 'an integer from 1 to 65535',
  })
  check('database', database, {
    holds: /^[^\0]{1,63}$/.test(database) && Buffer.byteLength(database) <= 63,
    allowed: 'a name of 1 to 63 bytes',
  })
  return { type: 'join', database, replicas, fresh, ...(port === undefined ? {} : { port }) }
}

function isIntegerIn(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function check(
  name: string,
  found: unknown,
  { holds, allowed }: { readonly holds: boolean; readonly allowed: string },
): void {
  if (!holds) throw fulcrumError('FUL-1012', { field: `embedded.${name}`, found: String(found), allowed })
}

async function start(
  directory: string | undefined,
  message: JoinMessage,
  { clock, log = () => {} }: EmbeddedParts,
): Promise<EmbeddedCluster> {
  const here = process.cwd()
  const checkout = checkoutOf(here)
  const platformPackage = findPlatformPackage([here, checkout])
  await loadClient()
  const home = openHome(directory === undefined ? homeOf(checkout) : chosenHome(directory))
  const parts = { clock, home, platformPackage, log }
  return new Attachment(await joinCluster(parts, message), { ...parts, message })
}
