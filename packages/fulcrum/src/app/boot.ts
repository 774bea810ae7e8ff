import { checkModules } from '../declare/check-modules.ts'
import type { Binding, Module } from '../declare/module.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { bootError } from '../kernel/errors/boot-error.ts'
import type { FulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { acceptedReaders } from '../plan/accepted-readers.ts'
import { isCallable } from '../declare/checks/remote.ts'
import { plan } from '../plan/compile-plan.ts'
import { extractionRefusals, moduleEdges } from '../plan/module-edges.ts'
import { remotePlan } from '../plan/remote-plan.ts'
import type { Capabilities, Plan } from '../plan/plan.ts'
import type { BrokerSource } from '../ports/broker.ts'
import { brokerModule, brokerOption, checkBroker, Outlet } from './broker-option.ts'
import { cacheOption } from './cache-option.ts'
import {
  checkInternal,
  type InternalConfig,
  internalOption,
  type PlacedModule,
  placedModules,
} from './internal-config.ts'
import { checkConfig } from './check-config.ts'
import type { SharedCacheSource } from '../ports/shared-cache.ts'
import type { AppConfig, Environment, StoreOption } from './config.ts'
import { storeCapabilities, storeOption } from './store-option.ts'

/** An operation with its handler and its plan. */
export interface BootedOperation {
  readonly operation: AnyOperation
  readonly module: Module
  readonly handler: Binding['handler']
  readonly many: Binding['many']
  readonly calls: Binding['calls']
  readonly model: Binding['model']
  readonly plan: Plan
}

/** A configuration that holds: every declaration is right and every plan can be kept. */
export interface Booted {
  readonly store: StoreOption | undefined
  readonly cache: SharedCacheSource | undefined
  readonly operations: readonly BootedOperation[]
  /** `undefined` in a process that neither calls others nor is called by them. */
  readonly internal: InternalConfig | undefined
  readonly places: readonly PlacedModule[]
  readonly broker: BrokerSource | undefined
  /** Where published events go once the broker is open. */
  readonly outlet: Outlet
}

/** Everything that is wrong with a configuration: rules over declarations first, what the configured parts cannot keep after. */
export function checkApp(config: AppConfig, env: Environment): readonly FulcrumError[] {
  const errors = [...checkConfig(config), ...checkModules(config.modules)]
  // Plans of declarations that do not hold would only repeat what is already said.
  if (errors.length > 0) return errors
  const misplaced = [...checkInternal(config, env), ...checkBroker(config, env)]
  if (misplaced.length > 0) return misplaced
  const { operations, places } = planApp(config, env)
  const edges = moduleEdges(operations)
  return [
    ...places.flatMap(({ module }) => extractionRefusals(edges, module)),
    ...acceptedReaders(operations.map(({ operation }) => operation)),
    ...operations.flatMap(({ plan: { refusals } }) => refusals),
  ]
}

/** Checks and plans a configuration. Throws one `BootError` with everything that is wrong. */
export function boot(config: AppConfig, env: Environment): Booted {
  const errors = checkApp(config, env)
  if (errors.length > 0) throw bootError(errors)
  return planApp(config, env)
}

function planApp(config: AppConfig, env: Environment): Booted {
  const store = storeOption(config, env)
  const cache = cacheOption(config, env)
  const capabilities: Capabilities = {
    store: store === undefined ? undefined : storeCapabilities(store),
    sharedCache: cache?.capabilities,
  }
  const internal = internalOption(config, env)
  const places = placedModules(config, env)
  const operations = config.modules.flatMap((module: Module) => {
    const place = places.find((each) => each.module === module.name)
    return place === undefined ? planModule(module, capabilities) : planRemote(module, place)
  })
  const broker = brokerOption(config, env)
  const outlet = new Outlet()
  const publishing = broker === undefined ? [] : planModule(brokerModule(broker, outlet), capabilities)
  return { store, cache, operations: [...operations, ...publishing], internal, places, broker, outlet }
}

/** What another process answers. */
function planRemote(module: Module, place: PlacedModule): BootedOperation[] {
  const operations = (module.remote?.operations ?? []).filter(isCallable)
  return operations.map((operation) => ({
    operation,
    module,
    handler: undefined,
    many: undefined,
    calls: undefined,
    model: undefined,
    plan: remotePlan(operation, place),
  }))
}

function planModule(module: Module, capabilities: Capabilities): BootedOperation[] {
  return module.bindings.map(({ target, handler, many, calls, model }) => ({
    operation: target,
    module,
    handler,
    many,
    calls,
    model,
    plan: plan(target, module, capabilities),
  }))
}
