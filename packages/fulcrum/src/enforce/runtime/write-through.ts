import type { CacheTerms } from '../../declare/contract/contract.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Tag } from '../../declare/tag.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { type Plan, type Stage, type StageName, stageOf } from '../../plan/plan.ts'
import type { Entry } from '../cache/entry.ts'
import { Flight } from '../cache/flight.ts'
import { Lookup } from '../cache/lookup.ts'
import { inLanes } from './bulk-read.ts'
import { Call } from './call.ts'
import type { CallScope } from './call-scope.ts'
import { compose } from './compose.ts'
import { scopePrincipal } from './scoped-principal.ts'
import { type Check, checkInput } from './schema-check.ts'
import { cacheOf, type Refills, type Run, type StageParts } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/** What a command waits for the fills at the most, in milliseconds; and never longer than for half of what is left to it. */
const MOST_MS = 1_000
/** So many entries are read anew for one command. What else it changes is read when somebody asks for it. */
const MOST_READS = 100

/** An entry that a command has to read anew. */
interface Target {
  readonly through: WriteThrough
  readonly input: unknown
  /** Of the command: whose entry it is, where there is one for each caller. */
  readonly principal: Principal | undefined
}

/**
 * The queries of an application that are written through. What a command has changed is read anew on the primary, kept, and handed to the other
 * instances before the command answers. Nothing depends on it: the news of the change have ended what was kept before, so a reading that fails, or
 * takes too long, costs whoever asks next a reading of their own. The command succeeds all the same.
 */
export class WriteThroughs implements Refills {
  readonly #all: WriteThrough[] = []

  add(through: WriteThrough): void {
    this.#all.push(through)
  }

  async fill(call: Call): Promise<void> {
    if (this.#all.length === 0) return
    const targets = this.#targetsOf(call).slice(0, MOST_READS)
    if (targets.length === 0) return
    const budget = Math.min(MOST_MS, call.deadline.remaining() / 2)
    using deadline = Deadline.after(call.scope.clock, budget, { parent: call.deadline })
    const filled = inLanes(targets, (target) => {
      const { through, ...wanted } = target as Target
      return through.fill(wanted, deadline)
    })
    await untilExpiry(deadline, filled).catch(ignore)
  }

  /** Each once, also where several calls of a batch have changed the same. */
  #targetsOf(call: Call): readonly Target[] {
    const targets = new Map<string, Target>()
    for (const { changed, principal } of call.together ?? [call]) {
      for (const tag of changed) {
        for (const [index, through] of this.#all.entries()) {
          const input = through.inputOf(tag)
          const key = `${index} ${through.whose(principal)} ${tag.id}`
          if (input !== undefined) targets.set(key, { through, input, principal })
        }
      }
    }
    return [...targets.values()]
  }
}

/** One query that is written through. */
class WriteThrough {
  readonly #scope: CallScope
  readonly #parts: StageParts
  readonly #inputOf: NonNullable<CacheTerms['inputOf']>
  readonly #check: Check
  readonly #read: Run

  constructor(scope: CallScope, plan: Plan, parts: StageParts) {
    const { operation } = scope
    this.#scope = scope
    this.#parts = parts
    this.#inputOf = operation.contract.cache?.inputOf as NonNullable<CacheTerms['inputOf']>
    this.#check = checkInput(operation.input, operation.name)
    this.#read = compose({ ...plan, stages: plan.stages.flatMap(onPrimary) }, parts)
  }

  /** The input that reads what a tag names; `undefined` where it is not one of this query. */
  inputOf(tag: Tag): unknown {
    const { tag: declared, input } = this.#inputOf
    if (tag.name !== declared.tagName) return undefined
    try {
      return input(...(tag.args as never[]))
    } catch {
      // The command has committed, and is not undone by this.
      return undefined
    }
  }

  /** Tells the callers apart for whom it keeps entries of their own. */
  whose(principal: Principal | undefined): string {
    const { scope } = cacheOf(this.#parts)
    if (scope === 'public' || principal === undefined) return ''
    return JSON.stringify([principal.tenant, scope === 'principal' ? principal.id : ''])
  }

  /** Reads and keeps one entry. Whoever asks for it meanwhile is given what this reads, if that is good enough. */
  async fill({ input, principal: of }: Omit<Target, 'through'>, deadline: Deadline): Promise<void> {
    const { operation } = this.#scope
    const cache = cacheOf(this.#parts)
    const parsed = await this.#check(input)
    const lookup = new Lookup(cache.key(parsed, of), cache.tagsOf(parsed), undefined)
    const principal = scopePrincipal(operation.name, cache.scope, of)
    const own = Deadline.after(this.#scope.clock, Infinity, { parent: deadline, operation: operation.name })
    const reading = new Call(this.#scope, { principal }, own)
    reading.lookup = lookup
    const flight: Flight = new Flight({
      operation: operation.name,
      deadline: own,
      read: () => this.#land(reading, parsed),
      leaves: () => {
        if (cache.flights.get(lookup.key) === flight) cache.flights.delete(lookup.key)
      },
    })
    flight.keepOn()
    // One that began before the change is left to those who wait for it.
    cache.flights.set(lookup.key, flight)
    await flight.promise
    await lookup.filling
  }

  async #land(reading: Call, input: unknown): Promise<{ readonly entry: Entry; readonly source: number }> {
    try {
      const entry = (await this.#read(reading, input)) as Entry
      return { entry, source: reading.source }
    } finally {
      reading.end()
    }
  }
}

/** A query that is written through; `undefined` for others. */
export function writeThrough(scope: CallScope, plan: Plan, parts: StageParts): WriteThrough | undefined {
  return stageOf(plan, 'fill')?.writesThrough === true ? new WriteThrough(scope, plan, parts) : undefined
}

/** Reads the origin and keeps what it says: the stages from `fill` on, on the primary, which has the change. */
function onPrimary(stage: Stage): Stage[] {
  if (stage.stage === 'route') return [{ ...stage, target: 'primary' }]
  return FROM_FILL_ON.includes(stage.stage) ? [stage] : []
}

const FROM_FILL_ON: readonly StageName[] = ['fill', 'label', 'run']

function ignore(): void {}
