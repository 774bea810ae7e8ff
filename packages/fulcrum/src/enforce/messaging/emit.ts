import type { EventDeclaration } from '../../declare/event.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { summarise } from '../../kernel/errors/validation.ts'
import type { OutboxEvent } from '../../ports/outbox.ts'
import type { Call } from '../runtime/call.ts'
import { checkWith, toIssue } from '../runtime/schema-check.ts'

/** Holds the data of one event to its schema. What comes out of that is what subscribers get, and here only what the key is made of. */
type Emission = (call: Call, data: unknown) => OutboxEvent | Promise<OutboxEvent>

/** `ctx.emit` of one operation, by the names of its events. */
export type Emissions = ReadonlyMap<string, Emission>

/** Decides at boot what there is to decide about the events that an operation emits. */
export function emissionsOf({ name, emits }: AnyOperation): Emissions {
  return new Map((emits as readonly EventDeclaration[]).map((event) => [event.name, emissionOf(name, event)]))
}

/**
 * Collects an event on the call that owns the transaction, which writes them all with its COMMIT.
 *
 * @throws FUL-3031 for an event that the operation does not declare, FUL-3030 for data that does not match its schema, FUL-3012 when the transaction is
 * over. Where a schema is asynchronous, it is the transaction that fails with FUL-3030.
 */
export function emit(call: Call, event: EventDeclaration, data: unknown): void {
  const emission = call.scope.emissions.get(event.name)
  if (emission === undefined) throw undeclared(call, event)
  const emitted = emission(call, data)
  if (emitted instanceof Promise) emitted.catch(ignore)
  call.collect(emitted)
}

function emissionOf(operation: string, { name, data: schema, key, expires }: EventDeclaration): Emission {
  const lasts = parseDuration(expires)
  const check = checkWith(schema, (issues) => {
    const list = issues.map(toIssue)
    const params = { event: name, summary: summarise(list) }
    return fulcrumError('FUL-3030', params, { operation, cause: list })
  })
  return (call, data) => {
    const { clock, random } = call.scope
    const written = JSON.stringify(data) as string | undefined
    const finish = (parsed: unknown): OutboxEvent => {
      const time = clock.wall()
      return {
        id: random.uuid(),
        type: name,
        time,
        key: key === undefined ? null : key(parsed as never),
        data: written ?? 'null',
        expires: lasts === undefined ? null : time + lasts,
        envelope: call.traceparent === undefined ? null : { traceparent: call.traceparent },
      }
    }
    const parsed = check(data)
    return parsed instanceof Promise ? parsed.then(finish) : finish(parsed)
  }
}

function undeclared({ operation, scope }: Call, event: EventDeclaration | undefined): Error {
  const params = { found: String(event?.name), declared: [...scope.emissions.keys()].join(', ') || 'none' }
  return fulcrumError('FUL-3031', params, { operation })
}

/** The transaction awaits it. */
function ignore(): void {}
