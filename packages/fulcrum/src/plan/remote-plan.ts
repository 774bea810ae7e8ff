import { rowSchemaOf } from '../declare/ndjson.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { RemoteTerms } from '../declare/remote.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { deepFreeze } from '../kernel/freeze.ts'
import { plan } from './compile-plan.ts'
import { onceTerms } from './module-facts.ts'
import type { Capabilities, Plan, Stage } from './plan.ts'
import { absent, deadline, type Drawing, drawn, present } from './stages.ts'

/** What another process is taken to have: whether it does, it checks itself. */
const EVERYTHING: Capabilities = {
  store: {
    name: 'the store of the module',
    replicas: true,
    pipelining: true,
    positions: true,
    changeStream: true,
    outbox: true,
    queue: true,
    steps: true,
  },
}

/** Where a module is, with a URL that is known. */
export type RemotePlace = Pick<RemoteTerms, 'database'> & { readonly module: string; readonly url: string }

/** The plan of an operation that another process answers: deadline → remote. */
export function remotePlan(operation: AnyOperation, place: RemotePlace): Plan {
  const { name, kind } = operation
  const { stages, absent: left } = drawn([deadline(operation), remote(operation, place), elsewhere(place)])
  const tables = { name: place.module, db: { builder: 'unknown' }, migrations: undefined }
  const there = plan(operation, tables, EVERYTHING)
  const known = deepFreeze({ operation: name, kind, stages, absent: left })
  return Object.freeze({ ...known, refusals: Object.freeze(refusalsOf(operation, place)), there })
}

/** A stream of rows would have to be passed on, with a checkpoint on the other side. */
function refusalsOf({ name, input }: AnyOperation, { module, url }: RemotePlace): FulcrumError[] {
  if (rowSchemaOf(input) === undefined) return []
  const capability = 'a module that runs in this process, since its rows are read here'
  const params = { field: 'input', found: 'ndjson(…)', capability, configured: `module ${module} at ${url}` }
  return [fulcrumError('FUL-1008', params, { operation: name })]
}

function remote(operation: AnyOperation, place: RemotePlace): Drawing {
  const { module, url, database } = place
  const repeats = operation.kind === 'query' || onceTerms(operation.contract) !== undefined
  const again = repeats
    ? 'asked again where no answer came, within the deadline'
    : 'sent once: where no answer comes it is not known whether it took effect, and the error says so'
  const session =
    database === 'shared'
      ? 'the session goes along and comes back'
      : 'its database is another one, so the session does not go along and it reads what is newest there'
  const reason = `module ${module} runs at ${url}: the call goes there with its principal, key, trace and what is left of its time; ${session}; ${again}`
  const stage: Stage = { stage: 'remote', module, url, database, repeats, reason }
  return present(stage)
}

function elsewhere({ module }: RemotePlace): Drawing {
  return absent(
    'run',
    `the handler, and all that the contract asks for besides, is in the process of ${module}`,
  )
}
