import { type Command, Option } from 'commander'
import type { Environment } from '../app/config.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'

export const DEFAULT_PORT = 4000
export const DEFAULT_HOST = '127.0.0.1'

/** `--config`, for every command that loads an application. */
export function configOption(): Option {
  return new Option(
    '-c, --config <file>',
    'the configuration (default: fulcrum.config.ts, .mts, .js or .mjs)',
  )
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document for machines')
}

function portOption(): Option {
  return new Option(
    '-p, --port <number>',
    `port to serve on; 0 takes a free one (default: PORT or ${DEFAULT_PORT})`,
  )
}

function hostOption(): Option {
  return new Option(
    '--host <name>',
    `address to serve on; 0.0.0.0 is every interface (default: HOST or ${DEFAULT_HOST})`,
  )
}

function freshOption(): Option {
  return new Option('--fresh', 'throw the data of the embedded PostgreSQL away first')
}

/** Where the application is, where it is served, and whether it begins with empty tables: for the commands that serve. */
export function withServeOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(freshOption())
}

export interface AddressOptions {
  readonly port?: string
  readonly host?: string
}

/** As `withServeOptions` reads them. */
export interface ServeOptions extends AddressOptions {
  readonly config?: string
  readonly fresh?: boolean
}

export interface Address {
  readonly port: number
  readonly host: string
}

/**
 * Where to serve: the option, else the variable, else the default.
 *
 * @throws FUL-6006 when the port is none.
 */
export function addressOf({ port, host }: AddressOptions, env: Environment): Address {
  return { port: portOf(port, env), host: host ?? env['HOST'] ?? DEFAULT_HOST }
}

function portOf(option: string | undefined, env: Environment): number {
  const text = option ?? env['PORT']
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  if (port <= 65_535) return port
  const argument = option === undefined ? 'PORT' : '--port'
  throw fulcrumError('FUL-6006', { argument, found: show(text), allowed: 'an integer from 0 to 65535' })
}
