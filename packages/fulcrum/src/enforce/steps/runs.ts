import type { AnyOperation } from '../../declare/operation.ts'
import type { Principal } from '../../declare/principal.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { AnsweredElsewhere, ClaimedElsewhere } from '../../ports/idempotency-log.ts'
import type { TakenRun } from '../../ports/step-log.ts'
import { isPortable } from '../cache/portable.ts'
import type { Once } from '../idempotency/once.ts'
import { Loop } from '../messaging/jobs/loop.ts'
import { packr } from '../packr.ts'
import type { Call } from '../runtime/call.ts'
import type { InFlight } from '../runtime/in-flight.ts'
import { Lease, LEASE_MS } from './lease.ts'
import { Notes } from './notes.ts'
import { StepRun } from './run.ts'
import type { RunFacts, RunKind, RunParts } from './run-terms.ts'

const BEAT_MS = 2_500
const LOOK_MS = 2_000
/** So many of others at once. */
const MOST_TAKEN = 20

export interface RunsParts extends Omit<RunParts, 'notes'> {
  /** `false`: this instance leaves runs of others to others. */
  readonly recover: boolean
}

/**
 * The runs of an instance: those that its calls begin, and those of instances that are gone. open → draining (takes no more) → closed (what still runs is left to others).
 *
 * Looks for runs of others about every two seconds, with one statement; says that it is alive while it has any.
 */
export class Runs {
  readonly #parts: RunParts
  readonly #recover: boolean
  readonly #lease: Lease
  readonly #kinds = new Map<string, RunKind>()
  readonly #runs = new Map<string, StepRun>()
  /** Ids of runs whose beginning is under way, which the database may know already. */
  readonly #beginning = new Set<string>()
  readonly #loops: readonly Loop[]
  readonly #looking: Loop
  #inFlight: InFlight | undefined
  #taken = 0
  #isOpen = true

  constructor({ recover, ...parts }: RunsParts) {
    const { log, clock, random, report } = parts
    this.#parts = { ...parts, notes: new Notes(log, clock, random) }
    this.#recover = recover
    const onEnd = (): void => this.#loseAll('the database has not heard of the instance in time')
    this.#lease = new Lease(random.uuid(), { log, clock, onEnd })
    const loop = { clock, random, log: report }
    this.#looking = new Loop('the look-out for runs', loop, () => this.#look())
    this.#loops = [new Loop('keeping runs', loop, () => this.#keep()), this.#looking]
  }

  /** Gets to know a command, at boot. */
  add(kind: RunKind): void {
    this.#kinds.set(kind.scope.operation.name, kind)
  }

  /** Runs are waited for like calls. */
  join(inFlight: InFlight): void {
    this.#inFlight = inFlight
    inFlight.onDrain({ drain: () => this.#drain(), abandon: () => this.#loseAll('the instance shuts down') })
  }

  start(): void {
    for (const loop of this.#loops) loop.start()
  }

  /** There may be runs that nobody has. */
  wake(): void {
    this.#looking.wake()
  }

  /** The run of a call that is under way here. */
  find(call: string): StepRun | undefined {
    return this.#runs.get(call)
  }

  /**
   * Begins the run of a call.
   *
   * @throws ClaimedElsewhere where another instance has it, AnsweredElsewhere where it is over; FUL-2015 for another input, FUL-3206 where it is stuck, FUL-3021 where the input
   * cannot be kept.
   */
  async begin(
    call: Call,
    { once, input }: { readonly once: Once; readonly input: unknown },
  ): Promise<StepRun> {
    const { log, random, clock } = this.#parts
    const kind = this.#kindOf(call.scope.operation)
    const [run, holder] = [random.uuid(), random.uuid()]
    const { id, fingerprint } = once
    const kept = packed(call.scope.operation, { input, principal: call.principal })
    this.#beginning.add(run)
    try {
      await this.#lease.ensure()
      const { instance } = this.#lease
      const operation = call.operation
      const begun = await log.begin({ run, holder, call: id, fingerprint, operation, instance, ...kept })
      if (begun.kind === 'over') throw new AnsweredElsewhere()
      if (begun.kind === 'there') throw refusal(begun, { fingerprint, operation })
      const { principal, session } = call
      const facts = { run, holder, call: id, fingerprint, input, principal, session, memos: [] }
      return this.#start(kind, { ...facts, state: 'running', beganAt: clock.wall(), age: 0 })
    } finally {
      this.#beginning.delete(run)
    }
  }

  /** Leaves what still runs to others. */
  async close(): Promise<void> {
    this.#drain()
    await Promise.all(this.#loops.map((loop) => loop.close()))
    const left = [...this.#runs.values()]
    this.#loseAll('the instance shuts down')
    await Promise.all(left.map(({ outcome }) => outcome))
    this.#lease.stop()
    if (left.length > 0) await this.#parts.log.leave(left)
  }

  #drain(): void {
    this.#isOpen = false
  }

  #kindOf({ name }: AnyOperation): RunKind {
    const kind = this.#kinds.get(name)
    if (kind === undefined) throw new Error(`${name} was not composed as a run of steps`)
    return kind
  }

  #start(kind: RunKind, facts: RunFacts): StepRun {
    const run = new StepRun(kind, this.#parts, facts)
    const inFlight = this.#inFlight
    if (inFlight !== undefined) inFlight.count += 1
    this.#runs.set(facts.call, run)
    void run.outcome.then(() => {
      this.#runs.delete(facts.call)
      inFlight?.leave()
    })
    return run
  }

  async #keep(): Promise<number> {
    if (this.#runs.size > 0) await this.#lease.beat()
    return BEAT_MS
  }

  async #look(): Promise<number> {
    const { random } = this.#parts
    if (this.#recover && this.#isOpen && this.#taken < MOST_TAKEN) await this.#take(MOST_TAKEN - this.#taken)
    // Instances that started together do not stay together.
    return LOOK_MS * (0.75 + 0.5 * random.next())
  }

  async #take(most: number): Promise<void> {
    const { log, clock } = this.#parts
    const held = [...Array.from(this.#runs.values(), ({ run }) => run), ...this.#beginning]
    const operations = [...this.#kinds.keys()]
    const { instance } = this.#lease
    const sentAt = clock.now()
    const taken = await log.take({ instance, operations, held, most, alive: LEASE_MS })
    if (taken.length > 0) this.#lease.renewed(sentAt)
    for (const run of taken) await this.#resume(run)
  }

  async #resume({ input, principal, ...taken }: TakenRun): Promise<void> {
    const kind = this.#kinds.get(taken.operation)
    if (kind === undefined) return
    const memos = await this.#parts.log.memos(taken.run)
    if (!this.#isOpen) return
    this.#parts.report(
      `${taken.operation}: goes on with the run ${taken.run}, which another instance has begun`,
    )
    const given = {
      input: packr.unpack(input) as unknown,
      principal: packr.unpack(principal) as Principal | undefined,
    }
    this.#taken += 1
    const run = this.#start(kind, { ...taken, ...given, session: undefined, memos })
    void run.outcome.then(() => (this.#taken -= 1))
  }

  #loseAll(reason: string): void {
    for (const run of this.#runs.values()) run.lose(reason)
  }
}

function refusal(
  there: { readonly run: string; readonly fingerprint: string; readonly isStuck: boolean },
  { fingerprint, operation }: { readonly fingerprint: string; readonly operation: string },
): Error {
  if (there.fingerprint !== fingerprint) return fulcrumError('FUL-2015', {}, { operation })
  if (there.isStuck) return fulcrumError('FUL-3206', { run: there.run }, { operation })
  return new ClaimedElsewhere()
}

/** For whoever takes over. */
function packed(
  { name }: AnyOperation,
  { input, principal }: { readonly input: unknown; readonly principal: Principal | undefined },
): { readonly input: Uint8Array; readonly principal: Uint8Array } {
  if (!isPortable(input)) throw fulcrumError('FUL-3021', { part: 'input' }, { operation: name })
  if (!isPortable(principal)) throw fulcrumError('FUL-3021', { part: 'principal' }, { operation: name })
  return { input: packr.pack(input), principal: packr.pack(principal) }
}
