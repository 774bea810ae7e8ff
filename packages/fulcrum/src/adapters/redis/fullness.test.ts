import { expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { Fullness } from './fullness.ts'

const refusal = (message: string): Error =>
  fulcrumError('FUL-3002', { dependency: 'Redis', reason: message }, { cause: new Error(message) })

it('is told once when it begins, and once when it has been over for a while', async () => {
  const clock = createVirtualClock()
  const lines: string[] = []
  const fullness = new Fullness({ name: 'Redis', clock, log: (line) => lines.push(line) })
  const write = (outcome: Promise<string>): Promise<string> => fullness.watch(outcome).catch(() => 'failed')
  const full = (): Promise<string> => Promise.reject(refusal('OOM command not allowed'))
  await write(Promise.reject(refusal('it did not answer')))
  expect(lines).toEqual([])
  for (let second = 0; second < 5; second += 1) {
    expect(await write(full())).toBe('failed')
    expect(await write(Promise.resolve('stored'))).toBe('stored')
    await clock.drive(clock.sleep(1_000))
  }
  expect(lines).toEqual(['Redis takes nothing more, and is only read from: OOM command not allowed'])
  await clock.drive(clock.sleep(10_000))
  await write(Promise.resolve('stored'))
  await write(Promise.resolve('stored'))
  expect(lines.slice(1)).toEqual(['Redis takes new entries again'])
})
