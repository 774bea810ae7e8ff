import { type FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { invalidValue, unknownField } from '../contract/refusals.ts'
import type { AnyModule } from '../check-modules.ts'
import { REMOTE_DATABASES, type RemoteTerms } from '../remote.ts'
import { moduleOf } from './names.ts'

const FIELDS = ['url', 'operations', 'database', 'connections']
const MOST_CONNECTIONS = 10_000

/** A module that runs in another process: what is known of it here. */
export function checkRemote({ name, remote }: AnyModule): FulcrumError[] {
  if (remote === undefined) return []
  const unknown = Object.keys(remote).filter((field) => !FIELDS.includes(field))
  return [
    ...unknown.map((field) => unknownField(name, field, FIELDS)),
    ...RULES.flatMap(({ path, allowed, holds, found }) =>
      holds(remote, name) ? [] : [invalidValue(name, { path, found: found(remote, name), allowed })],
    ),
  ]
}

interface RemoteRule {
  readonly path: string
  readonly allowed: string
  readonly holds: (terms: RemoteTerms, name: string) => boolean
  readonly found: (terms: RemoteTerms, name: string) => unknown
}

const RULES: readonly RemoteRule[] = [
  {
    path: 'url',
    allowed:
      'the URL of its internal interface, http or https without a path, or a function of the environment',
    // What the function says is known when the environment is.
    holds: ({ url }) => typeof url === 'function' || isBaseUrl(url),
    found: ({ url }) => url,
  },
  {
    path: 'operations',
    allowed: 'what the api.ts of the module exports, with at least one of its queries or commands',
    holds: ({ operations }) => operations.some(isCallable),
    found: ({ operations }) => operations.map((operation) => operation.name),
  },
  {
    path: 'operations',
    allowed: 'signatures of this module alone',
    holds: ({ operations }, name) => operations.every((operation) => moduleOf(operation.name) === name),
    found: ({ operations }, name) => operations.find((operation) => moduleOf(operation.name) !== name)?.name,
  },
  {
    path: 'database',
    allowed: REMOTE_DATABASES.map((each) => `'${each}'`).join(' or '),
    holds: ({ database }) => REMOTE_DATABASES.includes(database),
    found: ({ database }) => database,
  },
  {
    path: 'connections',
    allowed: `a whole number from 1 to ${MOST_CONNECTIONS}`,
    holds: ({ connections = 1 }) =>
      Number.isInteger(connections) && connections >= 1 && connections <= MOST_CONNECTIONS,
    found: ({ connections }) => connections,
  },
]

/** Whether requests can be sent there. */
export function isBaseUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, pathname, search, hash, username } = new URL(value)
  const isHttp = protocol === 'http:' || protocol === 'https:'
  return isHttp && pathname === '/' && search === '' && hash === '' && username === ''
}

/** What another process answers. Jobs and subscribers are run where they are. */
export function isCallable({ kind }: { readonly kind: string }): boolean {
  return kind === 'query' || kind === 'command'
}
