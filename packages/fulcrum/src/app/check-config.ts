import { parseDuration } from '../kernel/duration.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { parseSize } from '../kernel/size.ts'
import { didYouMean } from '../kernel/suggest.ts'
import type { AppConfig } from './config.ts'
import { checkSession } from './session-config.ts'

interface FieldRule {
  readonly allowed: string
  readonly holds: (value: unknown) => boolean
}

const text: FieldRule = {
  allowed: 'a non-empty string',
  holds: (value) => typeof value === 'string' && value !== '',
}

const FIELDS: Readonly<Record<keyof AppConfig, FieldRule>> = {
  name: text,
  version: text,
  modules: { allowed: 'a list of modules', holds: (value) => Array.isArray(value) && value.every(isModule) },
  store: {
    allowed: 'postgres(…), embedded(…), or a function of the environment that returns one',
    holds: (value) => typeof value === 'function' || isObject(value),
  },
  cache: {
    allowed: 'redis(…), or a function of the environment that returns it or nothing',
    holds: (value) => typeof value === 'function' || (isObject(value) && value['kind'] === 'shared-cache'),
  },
  broker: {
    allowed: 'nats(…), or a function of the environment that returns it or nothing',
    holds: (value) => typeof value === 'function' || (isObject(value) && value['kind'] === 'broker'),
  },
  localCache: {
    allowed: "{ entries, bytes }: a whole number from 1, and a size such as '64MiB'",
    holds: isLocalCache,
  },
  audit: { allowed: '{ share }: a number from 0 to 1', holds: isAudit },
  principal: { allowed: 'a function of the request', holds: (value) => typeof value === 'function' },
  migrations: { allowed: "'boot' or 'manual'", holds: (value) => value === 'boot' || value === 'manual' },
  services: {
    allowed: 'a list of { name, start }',
    holds: (value) => Array.isArray(value) && value.every(isService),
  },
  session: { allowed: 'an object', holds: isObject },
  internal: {
    allowed: '{ keys, port, host }, or a function of the environment that returns it or nothing',
    holds: (value) => typeof value === 'function' || isObject(value),
  },
  http: { allowed: 'an object', holds: isObject },
  events: { allowed: "{ keep }: a duration such as '7d'", holds: isEvents },
  jobs: { allowed: '{ run }: true or false', holds: (value) => isFlag(value, 'run') },
  steps: { allowed: '{ recover }: true or false', holds: (value) => isFlag(value, 'recover') },
  drain: { allowed: "a duration such as '10s'", holds: (value) => parseDuration(value) !== undefined },
}

/** What is wrong with the configuration itself, its modules apart. */
export function checkConfig(config: AppConfig): FulcrumError[] {
  const unknown = Object.keys(config).filter((key) => !(key in FIELDS))
  const given = Object.entries(FIELDS).filter(
    ([key]) => config[key as keyof AppConfig] !== undefined || key === 'modules',
  )
  return [
    ...unknown.map(unknownField),
    ...given.flatMap(([key, { holds, allowed }]) => {
      const value = config[key as keyof AppConfig]
      return holds(value) ? [] : [fulcrumError('FUL-1012', { field: key, found: show(value), allowed })]
    }),
    ...(isObject(config.session) ? checkSession(config.session) : []),
    ...(isObject(config.session) && config.store === undefined ? [sessionsNeedStore()] : []),
  ]
}

/** What sessions have to see are positions in the log of a database. */
function sessionsNeedStore(): FulcrumError {
  return fulcrumError('FUL-1012', {
    field: 'session',
    found: 'sessions without a store',
    allowed: 'a store, or no session',
  })
}

function unknownField(field: string): FulcrumError {
  const allowed = Object.keys(FIELDS)
  return fulcrumError('FUL-1001', { field, hint: didYouMean(field, allowed), allowed: allowed.join(', ') })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isModule(value: unknown): boolean {
  return isObject(value) && value['kind'] === 'module'
}

function isService(value: unknown): boolean {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['start'] === 'function'
}

function isLocalCache(value: unknown): boolean {
  if (!isObject(value)) return false
  const { entries = 1, bytes = '1B', ...others } = value
  const isWhole = Number.isSafeInteger(entries) && (entries as number) > 0
  return isWhole && parseSize(bytes) !== undefined && Object.keys(others).length === 0
}

/** An object with one field, which is a flag and may be left out. */
function isFlag(value: unknown, field: string): boolean {
  if (!isObject(value)) return false
  const { [field]: flag = true, ...others } = value
  return typeof flag === 'boolean' && Object.keys(others).length === 0
}

function isAudit(value: unknown): boolean {
  if (!isObject(value)) return false
  const { share = 0, ...others } = value
  return typeof share === 'number' && share >= 0 && share <= 1 && Object.keys(others).length === 0
}

function isEvents(value: unknown): boolean {
  if (!isObject(value)) return false
  const { keep = '7d', ...others } = value
  return parseDuration(keep) !== undefined && Object.keys(others).length === 0
}
