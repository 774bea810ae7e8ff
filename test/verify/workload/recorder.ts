import type { Instance } from '../driver/instance.ts'
import { now } from '../history/clock.ts'
import type { Operation, Outcome, Value } from '../history/operation.ts'
import type { Answer } from '../instance/protocol.ts'
import { Tallies } from '../report/tally.ts'
import type { Session } from './session.ts'

/** What one operation asks for. */
export interface Ask {
  readonly instance: Instance
  readonly session: Session
  readonly operation: string
  readonly keys: readonly number[]
  /** For writes. */
  readonly writer?: number
}

/** Codes of errors after which a write may have happened: cut off (3006), committed and not confirmed (3016). */
const UNKNOWN = ['FUL-3006', 'FUL-3016']

/** Asks instances, and writes down what they were asked and when, and what they answered and when. */
export class Recorder {
  readonly operations: Operation[] = []
  /** The same, counted. */
  readonly tallies = new Tallies()

  async ask({ instance, session, operation, keys, writer }: Ask): Promise<Operation> {
    const ids = keys.map((key) => `k${key}`).join('+')
    const token = session.token
    const invoked = now()
    const { caller } = session
    const answer = await instance.ask({
      caller,
      ...(writer === undefined
        ? { method: 'GET' as const, path: `/${operation}/${ids}` }
        : { method: 'POST' as const, path: `/${operation}`, body: { ids, writer } }),
      ...(token !== '' && { token }),
    })
    session.answered(token, answer?.token)
    const recorded: Operation = {
      process: instance.name,
      session: session.id,
      caller,
      operation,
      kind: writer === undefined ? 'read' : 'write',
      keys,
      invoked,
      completed: now(),
      ...(writer !== undefined && { writer }),
      ...(token !== '' && { token }),
      ...resultOf(answer, keys),
    }
    this.operations.push(recorded)
    this.tallies.add(recorded)
    return recorded
  }
}

function resultOf(
  answer: Answer | undefined,
  keys: readonly number[],
): Pick<Operation, 'outcome'> & Partial<Operation> {
  if (answer === undefined) return { outcome: 'unknown' }
  const { status, source, stale, reset, label, body } = answer
  const rest = {
    ...(source !== undefined && { source }),
    ...(stale !== undefined && { stale }),
    ...(reset && { reset }),
    ...(label !== undefined && { label }),
  }
  if (status === 200) return { outcome: 'ok', ...shownBy(body ?? '[]', keys), ...rest }
  const { code = `HTTP ${status}` } = JSON.parse(body ?? '{}') as { code?: string }
  const outcome: Outcome = UNKNOWN.includes(code) ? 'unknown' : 'refused'
  return { outcome, code, ...rest }
}

type Row = Value & { readonly id: string; readonly madeFor?: string }

function shownBy(body: string, keys: readonly number[]): Pick<Operation, 'values' | 'madeFor'> {
  const rows = JSON.parse(body) as Row[]
  const madeFor = rows[0]?.madeFor
  return { values: keys.map((key) => valueOf(rows, key)), ...(madeFor !== undefined && { madeFor }) }
}

function valueOf(rows: readonly Row[], key: number): Value {
  const row = rows.find(({ id }) => id === `k${key}`)
  return { version: row?.version ?? -1, writer: row?.writer ?? -1 }
}
