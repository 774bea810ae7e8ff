import type { AnyOperation } from '../declare/operation.ts'
import { checkOperationTerms } from '../declare/checks/operation.ts'
import { isDelivered } from '../declare/delivered.ts'
import { deepFreeze } from '../kernel/freeze.ts'
import { commandStages } from './command-stages.ts'
import { jobStages } from './job-stages.ts'
import { missingCapabilities } from './missing-capabilities.ts'
import type { ModuleFacts } from './module-facts.ts'
import type { Capabilities, Plan } from './plan.ts'
import { queryStages } from './query-stages.ts'
import type { Drawn } from './stages.ts'
import { subscriberStages } from './subscriber-stages.ts'

/**
 * The plan of an operation: its contract as stages, on given capabilities. Pure and deterministic; the result is frozen.
 *
 * A contract that cannot be kept has refusals instead of stages: rules over the contract first, missing capabilities where there are none of
 * those. A contract is never weakened silently.
 */
export function plan(operation: AnyOperation, module: ModuleFacts, capabilities: Capabilities): Plan {
  const { name, kind } = operation
  const rules = checkOperationTerms(operation)
  const refusals = rules.length > 0 ? rules : missingCapabilities(operation, module, capabilities)
  const { stages, absent } = refusals.length > 0 ? NOTHING : draw(operation, module, capabilities)
  const drawn = deepFreeze({ operation: name, kind, stages, absent })
  return Object.freeze({ ...drawn, refusals: Object.freeze([...refusals]) })
}

const NOTHING: Drawn = { stages: [], absent: [] }

function draw(operation: AnyOperation, module: ModuleFacts, capabilities: Capabilities): Drawn {
  if (operation.kind === 'query') return queryStages(operation, module, capabilities)
  if (operation.kind === 'command') return commandStages(operation, module, capabilities)
  if (operation.kind === 'job') return jobStages(operation)
  if (isDelivered(operation)) return subscriberStages(operation, module)
  return NOTHING
}
