import { hash } from 'node:crypto'
import type { AnyOperation } from '../../declare/operation.ts'
import { answeringPlan, type Plan, stageOf } from '../../plan/plan.ts'
import { canonical } from '../cache/cache-key.ts'
import type { Call } from './call.ts'

const DIGITS = 32

type NestedKey = (parent: Call, input: unknown) => string | undefined

/**
 * Makes the keys under which a command is called by other operations, where its contract asks callers for one: the same whenever the caller is run again, so
 * that the inner command takes effect once however often the outer one is tried. Made of what stays the same (the job's id, or what makes the outer call
 * the same as its repetitions), the command and its input; of several calls with one input each has its number.
 *
 * `undefined` where nothing about the caller stays the same, and inside a transaction, which happens as often as that.
 */
export function nestedKeys({ name }: AnyOperation, plan: Plan): NestedKey {
  if (stageOf(answeringPlan(plan), 'idempotency')?.key !== 'header') return () => undefined
  return (parent, input) => {
    const root = parent.transaction === undefined ? rootOf(parent) : undefined
    if (root === undefined) return undefined
    const text = JSON.stringify([root, parent.operation, name, canonical(input, name)])
    const key = hash('sha256', text, 'hex').slice(0, DIGITS)
    return `${key}.${parent.nth(key)}`
  }
}

function rootOf(call: Call | undefined): string | undefined {
  if (call === undefined) return undefined
  return call.job?.id ?? call.once?.id ?? rootOf(call.parent)
}
