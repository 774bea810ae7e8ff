import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { contradiction, invalidValue, unknownField } from '../contract/refusals.ts'
import { member } from '../contract/rule.ts'
import { isRecord } from '../contract/values.ts'
import type { Binding, Module } from '../module.ts'
import { OPERATION_KINDS } from '../operation.ts'
import { straysOf } from '../stray-fields.ts'
import { isDeclared } from './facts.ts'
import { checkModuleName, moduleOf } from './names.ts'
import { checkProjectionBinding } from './projection.ts'

const FIELDS = ['db', 'rows', 'migrations', 'handlers'] as const

/** A module by itself: its name, its fields, and that its handlers are its own. */
export function checkModule(module: Module): FulcrumError[] {
  const { name, db, rows } = module
  const dbAllowed = "a query builder's handle, such as kysely<Db>()"
  return [
    ...checkModuleName(name),
    ...straysOf(module).map((field) => unknownField(name, field, FIELDS)),
    ...(db === undefined || isDeclared(db, 'db')
      ? []
      : [invalidValue(name, { path: 'db', found: db, allowed: dbAllowed })]),
    ...(rows === undefined || isRowMap(rows)
      ? []
      : [invalidValue(name, { path: 'rows', found: rows, allowed: ROWS_ALLOWED })]),
    ...checkMigrations(module),
    ...checkBindings(module),
  ]
}

const ROWS_ALLOWED = 'an object with a function of a row for each table, which returns tags'

function isRowMap(rows: unknown): boolean {
  return isRecord(rows) && Object.values(rows).every((tagsOf) => typeof tagsOf === 'function')
}

function checkMigrations({ name, migrations }: Module): FulcrumError[] {
  const holds =
    migrations === undefined ||
    typeof migrations === 'string' ||
    migrations instanceof URL ||
    Array.isArray(migrations)
  const allowed = 'the URL or path of a folder, or a list of migrations'
  return holds ? [] : [invalidValue(name, { path: 'migrations', found: migrations, allowed })]
}

function checkBindings(module: Module): FulcrumError[] {
  const seen = new Set<unknown>()
  return module.bindings.flatMap((binding) => {
    const repeated = seen.has(binding.target)
    seen.add(binding.target)
    return repeated ? [refuseBinding(module, binding, 'it has one already')] : checkBinding(module, binding)
  })
}

function checkBinding(module: Module, binding: Binding): FulcrumError[] {
  const { target } = binding
  if (!OPERATION_KINDS.some((kind) => isDeclared(target, kind)))
    return [refuseBinding(module, binding, 'it is no signature')]
  if (moduleOf(target.name) !== module.name) {
    return [refuseBinding(module, binding, `it belongs to module "${moduleOf(target.name)}"`)]
  }
  const known = target.kind === 'projection' ? ['tables', 'apply', 'seed'] : ['many', 'calls']
  const strays = straysOf(binding).map((field) => unknownField(target.name, field, known))
  if (target.kind === 'projection') return [...strays, ...checkProjectionBinding(module, binding)]
  const refused = isBatched(target) ? checkBatchForm(module, binding) : checkForms(module, binding)
  return [...strays, ...refused]
}

/** A list of one is a batch, too: a handler beside the form would be a second way to do the same. */
function checkBatchForm(module: Module, binding: Binding): FulcrumError[] {
  const { target, handler, many } = binding
  if (handler === undefined && typeof many === 'function') return []
  if (handler === undefined) return [refuseBinding(module, binding, 'its form for many is not a function')]
  const conflict = {
    field: 'throughput.batch',
    found: throughputOf(target, 'batch'),
    other: `its handler in module ${module.name}`,
    reason:
      'calls are carried out together, by a form that takes a list and that a single call is a list of one for',
    allowed: 'on(command, { many }), or leaving batch out',
  }
  return [contradiction(target.name, conflict)]
}

function checkForms(module: Module, binding: Binding): FulcrumError[] {
  const reason = wrongForms(binding)
  if (reason !== undefined) return [refuseBinding(module, binding, reason)]
  return [...coalescesWithoutForm(module, binding), ...concurrentForm(module, binding)]
}

/** It is one call. */
function concurrentForm({ name }: Module, { target, many }: Binding): FulcrumError[] {
  const found = isRecord(target.contract) ? member(target.contract['delivery'], 'concurrency') : undefined
  if (target.kind !== 'subscriber' || many === undefined || found === undefined) return []
  const conflict = {
    field: 'delivery.concurrency',
    found,
    other: `its form for many in module ${name}`,
    reason: 'the form is called once with all events that there are',
    allowed: 'leaving it out, or a handler for one event',
  }
  return [contradiction(target.name, conflict)]
}

function coalescesWithoutForm({ name }: Module, { target, many }: Binding): FulcrumError[] {
  if (target.kind !== 'query' || many !== undefined || throughputOf(target, 'coalesce') !== true) return []
  const conflict = {
    field: 'throughput.coalesce',
    found: true,
    other: `its handler in module ${name}, which has no bulk form`,
    reason: 'there is nothing that reads several inputs with one call',
    allowed: 'on(query, handler, { many }), or leaving coalesce out',
  }
  return [contradiction(target.name, conflict)]
}

function wrongForms({ target, handler, many }: Binding): string | undefined {
  if (handler === undefined && target.kind === 'subscriber')
    return typeof many === 'function' ? undefined : 'its form for many is not a function'
  if (typeof handler !== 'function') {
    return target.kind === 'command' && handler === undefined && many !== undefined
      ? 'its contract has no throughput.batch, so it needs a handler, and nothing would collect calls for a form for many'
      : 'its handler is not a function'
  }
  if (many === undefined) return undefined
  if (target.kind === 'query' && target.projection !== undefined)
    return 'what reads a projection has no bulk form (many): each call waits for what it has to see'
  if (target.kind !== 'query') return 'only queries have a bulk form (many) beside their handler'
  return typeof many === 'function' ? undefined : 'its bulk form (many) is not a function'
}

function isBatched(target: Binding['target']): boolean {
  return target.kind === 'command' && throughputOf(target, 'batch') !== undefined
}

function throughputOf(target: Binding['target'], field: 'batch' | 'coalesce'): unknown {
  const contract: unknown = 'contract' in target ? target.contract : undefined
  return member(isRecord(contract) ? contract['throughput'] : undefined, field)
}

function refuseBinding({ name }: Module, { target }: Binding, reason: string): FulcrumError {
  const found = String((target as { readonly name?: unknown } | undefined)?.name)
  const allowed = `one function for each signature whose name begins with "${name}."`
  return fulcrumError('FUL-1007', { module: name, found, reason, allowed }, { operation: found })
}
