import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { StepsTerms } from '../../declare/contract/contract.ts'
import { error } from '../../declare/error.ts'
import type { StepsContext } from '../../declare/steps.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { silentObserver } from '../../kernel/observer.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { plan } from '../../plan/compile-plan.ts'
import type { AnswerToKeep, IdempotencyLog } from '../../ports/idempotency-log.ts'
import { createRuntime } from '../runtime/create-runtime.ts'
import { MemoryStore } from '../runtime/store.fixture.ts'
import { MemoryStepLog } from './memory-step-log.fixture.ts'
import { Runs } from './runs.ts'

const Declined = error('m.Declined', { status: 409 })

/** Answers in memory. */
class MemoryAnswers implements IdempotencyLog {
  readonly answers: Map<string, AnswerToKeep> = new Map()

  async find(_: unknown, id: string) {
    return this.answers.get(id)
  }

  async findAny(_: unknown, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter((id) => this.answers.has(id)))
  }

  claim(): void {}

  keep(_: unknown, answer: AnswerToKeep): void {
    this.answers.set(answer.id, answer)
  }

  async keepFirst(): Promise<boolean> {
    return true
  }

  async forget(): Promise<void> {}

  async forgetExpired(): Promise<number> {
    return 0
  }
}

type Handler = (input: string, ctx: StepsContext<typeof Declined>) => unknown

interface World {
  readonly clock: VirtualClock
  readonly log: MemoryStepLog
  readonly said: string[]
  /** Another instance with its own handler. */
  instance(handler: Handler): Instance
}

interface Instance {
  readonly runs: Runs
  call(key?: string, budget?: number): Promise<unknown>
}

function world(steps: StepsTerms = {}): World {
  const clock = createVirtualClock()
  const log = new MemoryStepLog(clock)
  const store = new MemoryStore(clock)
  const idempotencyLog = new MemoryAnswers()
  const said: string[] = []
  const operation = command('m.pay', {
    input: z.string(),
    output: z.unknown(),
    errors: [Declined],
    contract: { idempotency: { key: 'header', inFlight: 'wait' }, steps },
  })
  const module = {
    kind: 'module',
    name: 'm',
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: [],
  } as const
  const planned = plan(operation, module, { store: { ...store.capabilities, steps: true } })
  let seed = 0
  const instance = (handler: Handler): Instance => {
    const random = createSeededRandom((seed += 1))
    const report = (line: string): void => void said.push(line)
    const runs = new Runs({ store, log, idempotencyLog, clock, random, report, recover: true })
    const operations = [{ operation, module, handler: handler as never, plan: planned, bindDb: undefined }]
    const runtime = createRuntime({
      operations,
      store,
      idempotencyLog,
      runs,
      clock,
      random,
      observer: silentObserver,
    })
    runs.start()
    const call = (key = 'k', budget?: number): Promise<unknown> => {
      const pay = runtime.operations[0]
      if (pay === undefined) throw new Error('no operation')
      return pay.run(pay.begin({ idempotencyKey: key, budget }), 'input')
    }
    return { runs, call }
  }
  return { clock, log, said, instance }
}

/** What a call came to: its answer, or what its error is called by. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (failure) {
    return (failure as { readonly code?: string }).code ?? (failure as Error).message
  }
}

const never = (): Promise<never> => new Promise(() => {})

describe('a step', () => {
  it('is tried again with growing pauses and the same key', async () => {
    const { clock, instance } = world({ attempts: 4, backoff: '100ms' })
    const tries: { readonly at: number; readonly key: string }[] = []
    const { call } = instance((_, { step }) =>
      step('charge', ({ key, attempt }) => {
        tries.push({ at: clock.now(), key })
        if (attempt < 4) throw new Error('down')
        return 'paid'
      }),
    )
    expect(await clock.drive(call())).toBe('paid')
    expect(new Set(tries.map(({ key }) => key)).size).toBe(1)
    const pauses = tries.slice(1).map(({ at }, n) => at - (tries[n]?.at ?? 0))
    expect(pauses.every((pause, n) => pause <= 100 * 2 ** n)).toBe(true)
  })

  it('is not tried beyond the time of its run, and then what was done is undone', async () => {
    const { clock, instance, log } = world({ within: '20s', attempts: 1_000, timeout: '3s' })
    const undone: unknown[] = []
    const { call } = instance(async (_, { step }) => {
      await step('seat', () => 'A1', { compensate: ({ result }) => undone.push(result) })
      await step('charge', never, { compensate: ({ result }) => undone.push(result) })
    })
    expect(await clock.drive(outcomeOf(call()))).toBe('FUL-3203')
    expect(clock.now()).toBeLessThan(21_000)
    expect(undone).toEqual([undefined, 'A1'])
    expect([...log.kept.values()].map(({ state }) => state)).toEqual(['undone'])
  })

  it('that fails for good may be answered by another one', async () => {
    const { clock, instance } = world({ attempts: 1 })
    const { call } = instance((_, { step }) =>
      step('card', () => Promise.reject(new Error('down'))).catch(() => step('voucher', () => 'voucher')),
    )
    expect(await clock.drive(call())).toBe('voucher')
  })

  it('with a declared error has taken no effect, and is not undone', async () => {
    const { clock, instance } = world()
    const undone: string[] = []
    const { call } = instance(async (_, { step, fail }) => {
      await step('seat', () => 1, { compensate: () => undone.push('seat') })
      await step('charge', () => fail(Declined), { compensate: () => undone.push('charge') })
    })
    expect(await clock.drive(outcomeOf(call()))).toBe('m.Declined')
    expect(undone).toEqual(['seat'])
  })
})

describe('an instance that is not heard of', () => {
  it('loses its runs, and whatever it does then is not written', async () => {
    const { clock, instance, log, said } = world({ timeout: '1m', within: '5m' })
    const charged: string[] = []
    const gate = Promise.withResolvers<string>()
    const first = instance((_, { step }) => step('charge', () => (charged.push('first'), gate.promise)))
    const lost = outcomeOf(first.call())
    await clock.runUntil(1_000)
    // It goes on as if nothing were, but the others hear nothing of it.
    log.beat = async () => {}
    for (const id of log.alive.keys()) log.alive.set(id, 0)
    const second = instance((_, { step }) => step('charge', () => (charged.push('second'), 'second')))
    await clock.runUntil(6_000)
    gate.resolve('first')
    expect(await clock.drive(lost)).toBe('FUL-3202')
    expect(await clock.drive(second.call())).toBe('second')
    expect(charged).toEqual(['first', 'second'])
    expect(log.notes).toHaveLength(1)
    expect(said[0]).toContain('which another instance has begun')
  })

  it('ends its runs by itself when the database does not hear of it', async () => {
    const { clock, instance, log } = world({ timeout: '1m' })
    let isAborted = false
    const { call } = instance((_, { step }) =>
      step('charge', ({ signal }) => {
        signal.addEventListener('abort', () => (isAborted = true))
        return never()
      }),
    )
    const lost = outcomeOf(call())
    await clock.runUntil(1_000)
    log.isAway = true
    expect(await clock.drive(lost)).toBe('FUL-3202')
    expect(isAborted).toBe(true)
    expect(clock.now()).toBeLessThan(10_000)
  })
})

describe('a run that is taken over', () => {
  async function takenOver(steps: readonly string[], later: Handler) {
    const { clock, instance, log, said } = world({ timeout: '1m' })
    const first = instance(async (_, { step }) => {
      for (const name of steps) await step(name, () => name)
      await step('last', never)
    })
    void outcomeOf(first.call())
    await clock.runUntil(1_000)
    await clock.drive(first.runs.close())
    const done: string[] = []
    const second = instance((input, ctx) => {
      const step: typeof ctx.step = (name, work, options) =>
        ctx.step(name, (given) => (done.push(name), work(given)), options)
      return later(input, { ...ctx, step, now: ctx.now, uuid: ctx.uuid, fail: ctx.fail, call: ctx.call })
    })
    const outcome = await clock.drive(outcomeOf(second.call()))
    const [run] = log.kept.values()
    return { outcome, done, state: run?.state, reason: run?.reason, said }
  }

  it('does what was not done, and nothing else', async () => {
    const { outcome, done } = await takenOver(['a', 'b'], async (_, { step }) => {
      const values = [await step('a', () => 'x'), await step('b', () => 'x'), await step('last', () => 'c')]
      return values.join('')
    })
    expect(outcome).toBe('abc')
    expect(done).toEqual(['last'])
  })

  it.each([
    ['another step in its place', ['a', 'b'], ['a', 'x', 'last'], '"b", and is "x" now'],
    ['its steps in another order', ['a', 'b'], ['b', 'a', 'last'], 'step 1 was "a"'],
    ['a step less', ['a', 'b'], ['a'], '"b" was done before'],
  ] as const)('is stuck with %s, and nothing more is done', async (_, before, now, reason) => {
    const {
      outcome,
      done,
      state,
      reason: found,
    } = await takenOver(before, async (__, { step }) => {
      for (const name of now) await step(name, () => name).catch(() => undefined)
    })
    expect(outcome).toBe('FUL-3206')
    expect(done).toEqual([])
    expect(state).toBe('stuck')
    expect(found).toContain(reason)
  })

  it('while it is being undone begins nothing more, and is stuck where it would', async () => {
    const { clock, instance, log } = world({ attempts: 1, timeout: '1m' })
    const first = instance(async (_, { step }) => {
      await step('seat', () => 'A1', { compensate: never })
      await step('charge', () => Promise.reject(new Error('down')))
    })
    void outcomeOf(first.call())
    await clock.runUntil(1_000)
    const states = (): unknown => [...log.kept.values()].map(({ state }) => state)
    expect(states()).toEqual(['compensating'])
    await clock.drive(first.runs.close())
    const done: string[] = []
    const second = instance(async (_, { step }) => {
      await step('seat', () => done.push('seat'), { compensate: () => done.push('undo') })
      await step('charge', () => done.push('charge')).catch(() => {})
      await step('voucher', () => done.push('voucher'))
    })
    expect(await clock.drive(outcomeOf(second.call()))).toBe('FUL-3206')
    expect(done).toEqual([])
    expect(states()).toEqual(['stuck'])
  })

  it('has the time and the random numbers that it began with', async () => {
    const { clock, instance } = world({ timeout: '1m' })
    const seen: unknown[] = []
    const handler =
      (isLast: boolean): Handler =>
      async (_, { step, now, uuid }) => {
        seen.push([now().getTime(), uuid(), uuid()])
        return step('wait', () => (isLast ? 'over' : never()))
      }
    const first = instance(handler(false))
    void outcomeOf(first.call())
    await clock.runUntil(5_000)
    await clock.drive(first.runs.close())
    expect(await clock.drive(instance(handler(true)).call())).toBe('over')
    const [one, two] = seen as [number, string, string][]
    expect(two?.slice(1)).toEqual(one?.slice(1))
    expect(one?.[1]).not.toBe(one?.[2])
  })
})

describe('a caller', () => {
  it('that cannot wait leaves the run alone, and who repeats the call joins it', async () => {
    const { clock, instance } = world()
    const { call } = instance((_, { step }) => step('slow', () => clock.sleep(3_000).then(() => 'paid')))
    expect(await clock.drive(outcomeOf(call('k', 100)))).toBe('FUL-3201')
    expect(await clock.drive(call('k', 10_000))).toBe('paid')
  })
})
