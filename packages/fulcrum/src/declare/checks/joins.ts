import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { DEFAULT_ISOLATION } from '../contract/defaults.ts'
import { type Conflict, contradiction } from '../contract/refusals.ts'
import { hasSteps } from '../contract/step-rules.ts'
import { isRecord } from '../contract/values.ts'
import { ISOLATION_LEVELS, type IsolationLevel } from '../contract/vocabulary.ts'
import type { AnyOperation } from '../operation.ts'
import { isDeclared } from './facts.ts'
import { moduleOf } from './names.ts'

interface JoinRule {
  /** For people, in Markdown. */
  readonly rule: string
  readonly conflict: (command: AnyOperation, joined: AnyOperation) => Conflict | undefined
}

/** Rules over a command and one that it joins. */
export const JOIN_RULES: readonly JoinRule[] = [
  { rule: '`transaction.joins` names commands of other modules.', conflict: joinsOwnModule },
  {
    rule: 'No joined command has a stronger isolation than the command that joins it.',
    conflict: joinsStronger,
  },
  { rule: 'No joined command has `transaction.ifMatch: true`.', conflict: joinsConditional },
  { rule: 'No joined command has `steps`.', conflict: joinsRun },
]

/** `transaction.joins` of every command, against the commands that they name, which are all that the application knows. */
export function checkJoins(
  operations: readonly AnyOperation[],
  all: readonly AnyOperation[] = operations,
): FulcrumError[] {
  const known = new Map(all.map((operation) => [operation.name, operation]))
  const commands = operations.filter(({ kind }) => kind === 'command')
  return [
    ...commands.flatMap((command) => joinsOf(command).flatMap((joined) => checkJoin(command, joined, known))),
    ...commands.flatMap((command) => checkCycle(command, known)),
  ]
}

export function joinsOf({ contract }: AnyOperation): readonly AnyOperation[] {
  const transaction = termsOf(contract)
  const joins: unknown = transaction['joins']
  return Array.isArray(joins)
    ? joins.filter((joined): joined is AnyOperation => isDeclared(joined, 'command'))
    : []
}

function checkJoin(
  command: AnyOperation,
  joined: AnyOperation,
  known: ReadonlyMap<string, AnyOperation>,
): FulcrumError[] {
  if (known.get(joined.name) !== joined) return [unknownJoin(command, joined, known)]
  return JOIN_RULES.flatMap(({ conflict }) => {
    const found = conflict(command, joined)
    return found === undefined ? [] : [contradiction(command.name, found)]
  })
}

function unknownJoin(
  { name }: AnyOperation,
  joined: AnyOperation,
  known: ReadonlyMap<string, AnyOperation>,
): FulcrumError {
  if (known.has(joined.name)) {
    const where = `by its module, and by another declaration that ${name} joins`
    return fulcrumError('FUL-1005', { kind: 'operation', name: joined.name, where }, { operation: name })
  }
  const params = {
    field: 'transaction.joins',
    found: joined.name,
    hint: '',
    allowed: 'commands of loaded modules',
  }
  return fulcrumError('FUL-1016', params, { operation: name })
}

function joinsOwnModule({ name }: AnyOperation, joined: AnyOperation): Conflict | undefined {
  if (moduleOf(name) !== moduleOf(joined.name)) return undefined
  return {
    field: 'transaction.joins',
    found: joined.name,
    other: `the module, ${moduleOf(name)}`,
    reason: 'a join crosses modules; within one, handlers share functions',
    allowed: 'commands of other modules',
  }
}

/** A joined command runs in the transaction of the one that joins it, so what it is promised has to be promised there as well. */
function joinsStronger(command: AnyOperation, joined: AnyOperation): Conflict | undefined {
  const own = isolationOf(command)
  const needed = isolationOf(joined)
  if (own === undefined || needed === undefined || !isStronger(needed, own)) return undefined
  return {
    field: 'transaction.isolation',
    found: own,
    other: `transaction.joins ${joined.name}, which needs '${needed}'`,
    reason: 'a joined command runs in the same transaction and would get a weaker isolation than it declares',
    allowed: `'${needed}'${needed === 'serializable' ? '' : ' or stronger'}, or a weaker isolation for ${joined.name}`,
  }
}

function joinsConditional(_: AnyOperation, joined: AnyOperation): Conflict | undefined {
  if (termsOf(joined.contract)['ifMatch'] !== true) return undefined
  return {
    field: 'transaction.joins',
    found: joined.name,
    other: 'its transaction.ifMatch true',
    reason: 'a joined command has no request of its own that could bring If-Match',
    allowed: "commands whose transaction.ifMatch is false or 'optional'",
  }
}

function joinsRun(_: AnyOperation, joined: AnyOperation): Conflict | undefined {
  if (!hasSteps(joined.contract)) return undefined
  return {
    field: 'transaction.joins',
    found: joined.name,
    other: 'its steps',
    reason:
      'a run waits for others for as long as they take, and nothing that it has done is undone by a rollback',
    allowed: 'commands without steps',
  }
}

/** Each cycle once: at its command whose name sorts first. */
function checkCycle(command: AnyOperation, known: ReadonlyMap<string, AnyOperation>): FulcrumError[] {
  const cycle = cycleFrom(command, known)
  if (cycle === undefined || cycle.some((name) => name < command.name)) return []
  const conflict: Conflict = {
    field: 'transaction.joins',
    found: cycle.join(' → '),
    other: 'itself',
    reason: 'commands that join each other in a circle could call each other without end',
    allowed: 'joins without a circle',
  }
  return [contradiction(command.name, conflict)]
}

/** The names along a shortest way from a command back to itself, both ends included. */
function cycleFrom(
  start: AnyOperation,
  known: ReadonlyMap<string, AnyOperation>,
): readonly string[] | undefined {
  const seen = new Set<string>()
  const queue: (readonly string[])[] = [[start.name]]
  for (const path of queue) {
    const last = known.get(path.at(-1) as string)
    for (const { name } of last === undefined ? [] : joinsOf(last)) {
      if (name === start.name) return [...path, name]
      if (!seen.has(name)) queue.push([...path, name])
      seen.add(name)
    }
  }
  return undefined
}

function isolationOf({ contract }: AnyOperation): IsolationLevel | undefined {
  const { isolation = DEFAULT_ISOLATION } = termsOf(contract)
  return ISOLATION_LEVELS.find((level) => level === isolation)
}

/** The levels are listed from the strongest on. */
function isStronger(a: IsolationLevel, b: IsolationLevel): boolean {
  return ISOLATION_LEVELS.indexOf(a) < ISOLATION_LEVELS.indexOf(b)
}

function termsOf(contract: unknown): Readonly<Record<string, unknown>> {
  const transaction: unknown = isRecord(contract) ? contract['transaction'] : undefined
  return isRecord(transaction) ? transaction : {}
}
