import type { DbBinding } from '../declare/db.ts'
import type { Module } from '../declare/module.ts'
import { createRuntime, type RuntimeParts } from '../enforce/runtime/create-runtime.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import type { Booted } from './boot.ts'

/** Loads each module's query builder once and composes the plans. */
export async function runningOperations(
  { operations }: Booted,
  parts: Omit<RuntimeParts, 'operations'>,
): Promise<Runtime> {
  const modules = new Set(operations.map(({ module }) => module))
  const bindings = new Map(await Promise.all([...modules].map(loadBuilder)))
  const bound = operations.map((operation) => ({ ...operation, bindDb: bindings.get(operation.module) }))
  return createRuntime({ ...parts, operations: bound })
}

async function loadBuilder(module: Module): Promise<[Module, DbBinding<unknown> | undefined]> {
  return [module, await module.db?.load(module.name)]
}
