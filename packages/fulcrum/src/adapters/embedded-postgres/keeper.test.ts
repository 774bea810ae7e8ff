import { expect, test } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { Keeper, type Kept } from './keeper.ts'

class FakeServer implements Kept {
  readonly process: { readonly pid: number }
  readonly #gone = Promise.withResolvers<void>()
  readonly exited: Promise<void> = this.#gone.promise
  stopped = false

  constructor(pid: number) {
    this.process = { pid }
  }

  die(): void {
    this.#gone.resolve()
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.die()
  }
}

test('a server that dies is started again, with doubling pauses while that fails', async () => {
  const clock = createVirtualClock()
  const attempts: number[] = []
  const up: FakeServer[] = []
  const begin = async (): Promise<FakeServer> => {
    attempts.push(clock.now())
    if (attempts.length > 1 && attempts.length < 6) throw new Error('no room')
    return new FakeServer(attempts.length)
  }
  const keeper = new Keeper('primary', begin, { clock, log: () => {}, onUp: (server) => up.push(server) })
  await keeper.start()
  up[0]?.die()
  await clock.runUntil(60_000)
  expect(attempts).toEqual([0, 0, 100, 300, 700, 1500])
  expect(up.map(({ process }) => process.pid)).toEqual([1, 6])
  await keeper.stop()
  expect(up[1]?.stopped).toBe(true)
})

test('pauses grow to ten seconds and no further', async () => {
  const clock = createVirtualClock()
  const attempts: number[] = []
  const begin = async (): Promise<FakeServer> => {
    attempts.push(clock.now())
    throw new Error('never')
  }
  const keeper = new Keeper('replica_1', begin, { clock, log: () => {} })
  keeper.startEventually()
  await clock.runUntil(60_000)
  const [last = 0, before = 0] = attempts.toReversed()
  expect(last - before).toBe(10_000)
  const stopped = keeper.stop()
  await clock.drive(stopped)
  const count = attempts.length
  await clock.runUntil(120_000)
  expect(attempts).toHaveLength(count)
})

test('a first start that fails is reported and not repeated', async () => {
  const clock = createVirtualClock()
  let attempts = 0
  const begin = async (): Promise<FakeServer> => {
    attempts += 1
    throw new Error('wrong version')
  }
  const keeper = new Keeper('primary', begin, { clock, log: () => {} })
  await expect(keeper.start()).rejects.toThrow('wrong version')
  await clock.runUntil(60_000)
  expect(attempts).toBe(1)
})

test('a server that comes up while it is no longer wanted is stopped', async () => {
  const clock = createVirtualClock()
  const server = new FakeServer(7)
  const begin = async (stopping: AbortSignal): Promise<FakeServer> => {
    await clock.sleep(1_000)
    expect(stopping.aborted).toBe(true)
    return server
  }
  const keeper = new Keeper('replica_1', begin, { clock, log: () => {} })
  keeper.startEventually()
  await clock.drive(keeper.stop())
  expect(server.stopped).toBe(true)
})
