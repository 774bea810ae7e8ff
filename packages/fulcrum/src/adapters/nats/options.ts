import type { EventDeclaration } from '../../declare/event.ts'
import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'

export interface NatsOptions {
  /** `'nats://127.0.0.1:4222'`, or several servers of one cluster. */
  readonly servers: string | readonly string[]
  /** What this application is called at the broker. Its instances share it: they take turns. Letters, digits, `-` and `_`. */
  readonly application: string
  /** The JetStream stream that all applications share; made where it is not there. Default `'FULCRUM'`. */
  readonly stream?: string
  /** Events of this application that others may subscribe to. Default: none. */
  readonly publish?: readonly EventDeclaration[]
  /** A token, or what else the client takes: `{ user, pass }`, `{ authenticator }`, `{ tls }`. */
  readonly connection?: Readonly<Record<string, unknown>>
}

export type Settled = Required<Omit<NatsOptions, 'servers'>> & { readonly servers: string[] }

const FIELDS = ['servers', 'application', 'stream', 'publish', 'connection']
/** What names of streams and consumers may be made of. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/

/** @throws FUL-1012 for what is not allowed. */
export function settle(options: NatsOptions): Settled {
  const { servers, application, stream = 'FULCRUM', publish = [], connection = {} } = options
  const list = typeof servers === 'string' ? [servers] : [...servers]
  const [stray] = Object.keys(options).filter((field) => !FIELDS.includes(field))
  if (stray !== undefined) throw invalid(stray, 'nothing', `nats({ ${FIELDS.join(', ')} })`)
  if (list.length === 0 || list.some((url) => typeof url !== 'string' || url === ''))
    throw invalid('servers', show(servers), "a URL such as 'nats://127.0.0.1:4222', or a list of them")
  for (const [field, name] of Object.entries({ application, stream }))
    if (!isName(name)) throw invalid(field, show(name), 'a name of letters, digits, - and _')
  return { servers: list, application, stream, publish, connection }
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && NAME.test(name)
}

function invalid(field: string, found: string, allowed: string): FulcrumError {
  return fulcrumError('FUL-1012', { field: `broker.${field}`, found, allowed })
}
