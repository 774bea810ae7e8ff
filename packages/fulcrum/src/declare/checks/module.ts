import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { invalidValue, notYetEnforced, unknownField } from '../contract/refusals.ts'
import { isRecord } from '../contract/values.ts'
import type { Binding, Module } from '../module.ts'
import { OPERATION_KINDS } from '../operation.ts'
import { straysOf } from '../stray-fields.ts'
import { isDeclared } from './facts.ts'
import { checkModuleName, moduleOf } from './names.ts'

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
  const { target, handler } = binding
  if (isDeclared(target, 'event')) {
    const problem = {
      path: `on(${target.name})`,
      found: 'a subscriber',
      allowed: 'handlers of queries and commands',
    }
    return [notYetEnforced(module.name, problem)]
  }
  if (!OPERATION_KINDS.some((kind) => isDeclared(target, kind)))
    return [refuseBinding(module, binding, 'it is no signature')]
  if (moduleOf(target.name) !== module.name) {
    return [refuseBinding(module, binding, `it belongs to module "${moduleOf(target.name)}"`)]
  }
  return typeof handler === 'function'
    ? checkForms(module, binding)
    : [refuseBinding(module, binding, 'its handler is not a function')]
}

function checkForms(module: Module, binding: Binding): FulcrumError[] {
  const { target, many } = binding
  const strays = straysOf(binding).map((field) => unknownField(target.name, field, ['many']))
  if (many === undefined) return strays
  if (target.kind !== 'query')
    return [...strays, refuseBinding(module, binding, 'only queries have a bulk form (many)')]
  return typeof many === 'function'
    ? strays
    : [...strays, refuseBinding(module, binding, 'its bulk form (many) is not a function')]
}

function refuseBinding({ name }: Module, { target }: Binding, reason: string): FulcrumError {
  const found = String((target as { readonly name?: unknown } | undefined)?.name)
  const allowed = `one function for each signature whose name begins with "${name}."`
  return fulcrumError('FUL-1007', { module: name, found, reason, allowed }, { operation: found })
}
