import { isDomainError } from '../../declare/error.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { silentObserver } from '../../kernel/observer.ts'
import { type Plan, type Stage, stageOf } from '../../plan/plan.ts'
import type { LabelledRead } from '../../ports/store.ts'
import { canonical } from '../cache/cache-key.ts'
import type { Stored } from '../cache/entry.ts'
import { Lookup } from '../cache/lookup.ts'
import { Call } from '../runtime/call.ts'
import type { CallScope } from '../runtime/call-scope.ts'
import { CallTimer } from '../runtime/call-timer.ts'
import type { Run, StageParts } from '../runtime/stage.ts'
import { fill } from '../runtime/stage-fill.ts'
import { route } from '../runtime/stage-route.ts'
import { run as runHandler } from '../runtime/stage-run.ts'
import type { Auditor } from './auditor.ts'
import type { Subject } from './subject.ts'

/** What a reading may take; nobody waits for it. */
const READ_MS = 5_000

/** What a reading has brought, as text: equal for equal answers. */
export interface Reading {
  readonly text: string
  /** When it was over: it shows nothing that was committed later. */
  readonly at: number
  /** Index into `SOURCES`. */
  readonly source: number
  readonly read: LabelledRead | undefined
}

export interface ReadingParts {
  readonly scope: CallScope
  readonly plan: Plan
  readonly stages: StageParts
  readonly auditor: Auditor
}

/** Reads an answer of one operation again: a call of its own, with the budget of the audit, that counts nowhere. */
export class Readings {
  readonly #scope: CallScope
  readonly #parts: ReadingParts
  readonly #onPrimary: Run
  readonly #routed: Run
  readonly #refill: Run | undefined

  constructor(parts: ReadingParts) {
    const { scope, plan, stages } = parts
    const routed = stageOf(plan, 'route') as RouteStage
    const filled = stageOf(plan, 'fill')
    const { name, kind } = scope.operation
    this.#parts = parts
    this.#scope = { ...scope, probe: silentObserver.operation(name, kind), timer: new CallTimer(scope.clock) }
    this.#onPrimary = route(ofPrimary(routed), runHandler, stages)
    this.#routed = route(routed, runHandler, stages)
    this.#refill = filled && fill(filled, this.#onPrimary, stages)
  }

  /** What the primary says. */
  onPrimary(subject: Subject): Promise<Reading> {
    return this.#inTurn(subject, this.#onPrimary)
  }

  /** What the operation says now, without caches. */
  asRouted(subject: Subject): Promise<Reading> {
    return this.#inTurn(subject, this.#routed)
  }

  /** Fills the caches with what the primary says. */
  async refill(subject: Subject): Promise<void> {
    const refill = this.#refill
    if (refill !== undefined)
      await this.#parts.auditor.inTurn(() =>
        this.#during(subject, (call) => Promise.resolve(refill(call, subject.input))),
      )
  }

  #inTurn(subject: Subject, run: Run): Promise<Reading> {
    const { auditor } = this.#parts
    return auditor.inTurn(() => this.#during(subject, (call) => this.#read(call, subject.input, run)))
  }

  async #during<T>(subject: Subject, work: (call: Call) => Promise<T>): Promise<T> {
    const { auditor, stages } = this.#parts
    const deadline = Deadline.after(stages.clock, READ_MS, { operation: this.#scope.operation.name })
    deadline.link(auditor.signal)
    const call = new Call(this.#scope, { principal: subject.principal }, deadline)
    call.token = subject.token
    call.lookup = new Lookup(subject.key, subject.tags, undefined)
    try {
      return await work(call)
    } finally {
      call.end()
    }
  }

  async #read(call: Call, input: unknown, run: Run): Promise<Reading> {
    const text = textOf(await storedBy(call, async () => await run(call, input)), call.operation)
    return { text, at: this.#parts.stages.clock.now(), source: call.source, read: call.read }
  }
}

type RouteStage = Extract<Stage, { stage: 'route' }>

/** One state of the data, whatever the operation itself is content with: nested calls then read with it, past their own caches. */
function ofPrimary(stage: RouteStage): RouteStage {
  return {
    ...stage,
    target: 'primary',
    lane: 'dedicated',
    bracket: 'both',
    level: 'none',
    bounds: { staleness: Infinity, inPartition: Infinity },
    sees: stage.sees === 'each' ? 'snapshot' : stage.sees,
  }
}

async function storedBy(call: Call, run: () => Promise<unknown>): Promise<Stored> {
  try {
    const returned = await run()
    return { kind: 'value', value: await call.scope.finish(call, returned), version: call.version }
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { kind: 'absence', code: error.code, data: error.data }
  }
}

/** The same for equal answers, and different for different ones. @throws where an answer holds what cannot be told from another one. */
export function textOf(stored: Stored, operation: string): string {
  if (stored.kind === 'value') return canonical(stored.value, operation)
  return `${stored.code}!${canonical(stored.data, operation)}`
}
