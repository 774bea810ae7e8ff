import {
  DEFAULT_ACKNOWLEDGE,
  DEFAULT_IDEMPOTENCY_TTL,
  DEFAULT_IF_MATCH,
  DEFAULT_IN_FLIGHT,
  DEFAULT_ISOLATION,
} from '../declare/contract/defaults.ts'
import { rowSchemaOf } from '../declare/ndjson.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { isTransactional, type ModuleFacts, onceTerms, ownsTables } from './module-facts.ts'
import type { Capabilities } from './plan.ts'
import { importing } from './import-stage.ts'
import { steps } from './steps-stage.ts'
import { absent, deadline, type Drawing, drawn, type Drawn, durationOf, present, run } from './stages.ts'

/** So many batches may wait to be carried out. */
const WAITING_BATCHES = 10

/** deadline → precondition → batch → invalidate → idempotency → retry → transaction → record → outbox → run; or that of a run of steps */
export function commandStages(operation: AnyOperation, module: ModuleFacts, { store }: Capabilities): Drawn {
  if (operation.contract.steps !== undefined) return drawn(stepsStages(operation))
  if (rowSchemaOf(operation.input) !== undefined) return drawn(importStages(operation, module))
  const withTransaction = store !== undefined && isTransactional(operation, module)
  const once = onceOf(operation)
  const inner = withTransaction
    ? [once.around, retry(operation), transaction(operation, module), ...once.inside, ...outbox(operation)]
    : [noTransaction(module)]
  return drawn([
    deadline(operation),
    precondition(operation),
    ...batch(operation),
    ...invalidate(operation, withTransaction ? 'commit' : 'run'),
    ...inner,
    run(operation),
  ])
}

/** idempotency → import → invalidate → retry → transaction → outbox → run; all but the first two for each batch */
function importStages(operation: AnyOperation, module: ModuleFacts): Drawing[] {
  return [
    absent(
      'deadline',
      'an import takes as long as its rows do; latency.deadline is what one of its batches may take',
    ),
    onceOf(operation).around,
    importing(operation),
    ...invalidate(operation, 'commit'),
    retry(operation),
    transaction(operation, module),
    ...outbox(operation),
    run(operation),
  ]
}

/** deadline → invalidate → idempotency → steps → run */
function stepsStages(operation: AnyOperation): Drawing[] {
  const none =
    'steps are declared: nothing is held while the run waits for others; each command that it calls is a transaction of its own, and remembers its answer with it'
  return [
    deadline(operation),
    invalidateWith(['commit', NEWS_OF_RUN]),
    onceOf(operation).around,
    steps(operation),
    absent('transaction', none),
    run(operation),
  ]
}

const NEWS_OF_RUN =
  'what the commands of the run have changed is told by each of them; when the run is over the session is told of all of it, also where another instance has done it'

function precondition({ contract }: AnyOperation): Drawing {
  const { ifMatch = DEFAULT_IF_MATCH } = contract.transaction ?? {}
  if (ifMatch === false) {
    return absent(
      'precondition',
      'transaction.ifMatch is not declared: a call that brings If-Match is refused, since ignoring it could lose an update',
    )
  }
  const reason =
    ifMatch === true
      ? 'transaction.ifMatch is true: a request without If-Match is refused with 428, one with an old version with 412'
      : "transaction.ifMatch is 'optional': a request that brings If-Match with an old version is refused with 412"
  return present({ stage: 'precondition', ifMatch, reason })
}

function batch({ contract }: AnyOperation): Drawing[] {
  const { batch: terms, acknowledge = DEFAULT_ACKNOWLEDGE } = contract.throughput ?? {}
  if (terms === undefined) return []
  const { size } = terms
  const { ms: wait, text } = durationOf(terms.wait) as NonNullable<ReturnType<typeof durationOf>>
  const queue = WAITING_BATCHES * size
  const begins =
    acknowledge === 'durable'
      ? `when the one before it has ended, and at the latest with ${size} calls or when its first one has waited for ${text}`
      : `with ${size} calls, or when its first one has waited for ${text}`
  const answered =
    acknowledge === 'durable'
      ? ''
      : `. throughput.acknowledge is 'accepted': a call is answered with 202 as soon as it waits. A process that is killed loses what waits and what is under way: at most what came within ${text} and the time of a transaction, and while the database is slow or away at most ${queue} calls and the batches under way`
  const reason = `throughput.batch: calls that arrive together become one transaction and one call of the handler's form for many. A batch begins ${begins}; ${queue} may wait, and whoever comes then is refused with 503. Where a batch fails, it is taken apart until only the calls at fault have failed${answered}`
  return [present({ stage: 'batch', size, wait, queue, acknowledge, reason })]
}

/** Around the transaction, and inside of it. */
function onceOf({ contract }: AnyOperation): {
  readonly around: Drawing
  readonly inside: readonly Drawing[]
} {
  const terms = onceTerms(contract)
  if (terms === undefined) {
    const stated = contract.idempotency === 'none' ? "idempotency is 'none'" : 'no idempotency is declared'
    const reason = `${stated}: a repetition is a call of its own, and takes effect again`
    return { around: absent('idempotency', reason), inside: [] }
  }
  const { inFlight = DEFAULT_IN_FLIGHT } = terms
  const key = terms.key === 'header' ? 'header' : 'input'
  const { ms: ttl, text } = durationOf(terms.ttl ?? DEFAULT_IDEMPOTENCY_TTL) as NonNullable<
    ReturnType<typeof durationOf>
  >
  const same = key === 'header' ? 'the same Idempotency-Key' : 'the same key of the input'
  const meanwhile =
    inFlight === 'wait'
      ? 'waits for the first call while that runs'
      : 'is refused with 409 while the first call runs'
  const reason = `a call of the same principal with ${same} takes effect once: a repetition gets the first answer for ${text}, ${meanwhile}, and is refused with 422 where its input is another one`
  const inside =
    'the answer is kept in the transaction of its effects, in the message of the COMMIT: it is there exactly when they are'
  return {
    around: present({ stage: 'idempotency', key, inFlight, ttl, reason }),
    inside: [present({ stage: 'record', ttl, reason: inside })],
  }
}

/** Below serializable the database reports fewer conflicts, but deadlocks on every level. */
export function retry({ contract }: AnyOperation): Drawing {
  const { isolation = DEFAULT_ISOLATION } = contract.transaction ?? {}
  const conflicts =
    isolation === 'read committed'
      ? 'deadlocks (40P01)'
      : 'serialization failures and deadlocks (40001, 40P01)'
  const reason = `a transaction that is ${isolation} is run again after ${conflicts}, with jitter and within the deadline; nothing of the failed attempt remains`
  return present({ stage: 'retry', on: 'serialization failure', reason })
}

export function transaction({ contract }: AnyOperation, module: ModuleFacts): Drawing {
  const declared = contract.transaction?.isolation
  const isolation = declared ?? DEFAULT_ISOLATION
  const joins = (contract.transaction?.joins ?? []).map(({ name }) => name)
  const level = declared === undefined ? `${isolation} by default` : `${isolation}, as declared`
  const joined = joins.length === 0 ? '' : `; ${joins.join(', ')} may run inside it`
  const owner = ownsTables(module) ? '' : `; module ${module.name} has no tables of its own`
  const reason = `one transaction on the primary, ${level}: everything or nothing${joined}${owner}`
  const durability = contract.transaction?.durability ?? 'local'
  const replicated =
    durability === 'replicated' ? '; COMMIT returns when a synchronous standby shows its effects' : ''
  return present({ stage: 'transaction', isolation, durability, joins, reason: `${reason}${replicated}` })
}

/** Where events are emitted. */
export function outbox({ emits }: AnyOperation): Drawing[] {
  const events = (emits as readonly { readonly name: string }[]).map(({ name }) => name)
  if (events.length === 0) return []
  const reason = `${events.join(', ')}: what is emitted is checked against its schema, and written in the message of the COMMIT, so it is there exactly when the effects are`
  return [present({ stage: 'outbox', events, reason })]
}

/** Commands that are joined may change what this one does not name. */
export function invalidate({ changes, contract, emits }: AnyOperation, after: 'commit' | 'run'): Drawing[] {
  const isSilent = (contract.transaction?.joins ?? []).length + emits.length === 0
  // Who emits changes projections, without naming any tag: a session has to know that it has written.
  if (changes === undefined && isSilent) return []
  const reason =
    after === 'commit'
      ? 'after COMMIT the session is told what it has written, and cached answers with the changed tags are dropped here and, as far as the news travels, everywhere; no promise depends on its arrival'
      : 'afterwards cached answers with the changed tags are dropped here and, as far as the news travels, everywhere'
  return [invalidateWith([after, reason])]
}

function invalidateWith([after, reason]: readonly ['commit' | 'run', string]): Drawing {
  return present({ stage: 'invalidate', after, reason })
}

function noTransaction({ name }: ModuleFacts): Drawing {
  return absent(
    'transaction',
    `module ${name} has neither db nor migrations and the contract states no transaction, so there is nothing to commit; ctx.sql is not available`,
  )
}
