import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { isBaseUrl } from '../declare/checks/remote.ts'
import type { Module } from '../declare/module.ts'
import type { RemotePlace } from '../plan/remote-plan.ts'
import { didYouMean } from '../kernel/suggest.ts'
import { show } from '../kernel/show.ts'
import { checkKeys } from './check-keys.ts'
import type { AppConfig, Environment } from './config.ts'

/** How processes of one system call each other. */
export interface InternalConfig {
  /**
   * Secrets of at least 32 characters each that the processes share. The first one signs the calls that this process makes, all are accepted of others: to
   * rotate, add the new one everywhere, then put it in front, then remove the old one.
   */
  readonly keys: readonly string[]
  /** Where other processes call the operations of this one; 0 picks a free port. Default: nowhere. */
  readonly port?: number
  /** Default `'127.0.0.1'`. Give it an address of a private network, never one that the public reaches. */
  readonly host?: string
}

const FIELDS = ['keys', 'port', 'host']
const LARGEST_PORT = 65_535
const CONNECTIONS = 64

/** The internal interface that a configuration states for an environment. */
export function internalOption({ internal }: AppConfig, env: Environment): InternalConfig | undefined {
  return typeof internal === 'function' ? internal(env) : internal
}

/** A module of another process, with where that is. */
export interface PlacedModule extends RemotePlace {
  readonly connections: number
}

/** Where the modules of other processes are. */
export function placedModules({ modules }: AppConfig, env: Environment): readonly PlacedModule[] {
  return modules.flatMap((module: Module): PlacedModule[] => {
    const { name, remote } = module
    if (remote === undefined) return []
    const { url, database, connections = CONNECTIONS } = remote
    return [{ module: name, url: (typeof url === 'function' ? url(env) : url) ?? '', database, connections }]
  })
}

/** What is wrong with `internal`, and with where other processes are, in this environment. */
export function checkInternal(config: AppConfig, env: Environment): FulcrumError[] {
  const internal = internalOption(config, env)
  const places = placedModules(config, env)
  const unsigned = internal === undefined && places.length > 0
  return [
    ...places.flatMap(({ module, url }) => (isBaseUrl(url) ? [] : [urlInvalid(module, url)])),
    ...(unsigned
      ? [invalid('internal', 'nothing', '{ keys }, since calls of other processes are signed')]
      : []),
    ...(internal === undefined ? [] : checkFields(internal)),
  ]
}

function checkFields(internal: object): FulcrumError[] {
  const { keys, port, host } = internal as { readonly [Field in keyof InternalConfig]?: unknown }
  const unknown = Object.keys(internal).filter((key) => !FIELDS.includes(key))
  const isPort =
    port === undefined || (Number.isInteger(port) && Number(port) >= 0 && Number(port) <= LARGEST_PORT)
  const isHost = host === undefined || (typeof host === 'string' && host !== '')
  return [
    ...unknown.map((key) =>
      fulcrumError('FUL-1001', {
        field: `internal.${key}`,
        hint: didYouMean(key, FIELDS),
        allowed: FIELDS.map((field) => `internal.${field}`).join(', '),
      }),
    ),
    ...checkKeys(keys, 'internal.keys'),
    ...(isPort ? [] : [invalid('internal.port', show(port), `a whole number from 0 to ${LARGEST_PORT}`)]),
    ...(isHost ? [] : [invalid('internal.host', show(host), 'an address of this machine')]),
  ]
}

function urlInvalid(module: string, url: string): FulcrumError {
  const allowed = "a URL with http or https and without a path, such as 'http://10.0.0.7:4100'"
  return invalid(`modules.${module}.url`, show(url), allowed)
}

function invalid(field: string, found: string, allowed: string): FulcrumError {
  return fulcrumError('FUL-1012', { field, found, allowed })
}
