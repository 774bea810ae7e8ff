import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import type { BusMessage } from '../../ports/shared-cache.ts'
import { newCounters } from './counters.ts'
import { GAP, parseNews } from './news.ts'
import { Outbox } from './outbox.ts'

const messageOf = (id: string): BusMessage => ({ kind: 'filled', id })

function outbox(): {
  readonly outbox: Outbox
  readonly sent: unknown[]
  readonly turn: () => Promise<void>
  readonly counters: ReturnType<typeof newCounters>
  isAway: boolean
} {
  const clock = createVirtualClock()
  const counters = newCounters()
  const sent: unknown[] = []
  const parts = {
    outbox: new Outbox({
      clock,
      counters,
      send: async (news) => {
        if (parts.isAway) throw new Error('away')
        sent.push(parseNews(Buffer.from(news)))
      },
    }),
    sent,
    counters,
    turn: () => clock.drive(clock.sleep(1)),
    isAway: false,
  }
  return parts
}

describe('what an instance tells the others', () => {
  it('in one turn of the event loop travels together', async () => {
    const { outbox: box, sent, turn } = outbox()
    box.post(messageOf('a'))
    box.post(messageOf('b'))
    await turn()
    box.post(messageOf('c'))
    await turn()
    expect(sent).toEqual([[messageOf('a'), messageOf('b')], [messageOf('c')]])
  })

  it('is dropped beyond a limit, and they are told that they have missed something', async () => {
    const { outbox: box, sent, turn, counters } = outbox()
    for (let index = 0; index < 1_003; index += 1) box.post(messageOf(String(index)))
    await turn()
    expect(sent[0]).toHaveLength(1_001)
    expect((sent[0] as unknown[])[0]).toEqual(GAP)
    expect(counters.dropped).toBe(3)
    box.recovered()
    await turn()
    expect(sent).toHaveLength(1)
  })

  it('and cannot be sent is old news later: they are told of a gap instead', async () => {
    const parts = outbox()
    parts.isAway = true
    parts.outbox.post(messageOf('a'))
    await parts.turn()
    expect(parts.counters.dropped).toBe(1)
    parts.isAway = false
    parts.outbox.recovered()
    await parts.turn()
    parts.outbox.post(messageOf('b'))
    await parts.turn()
    expect(parts.sent).toEqual([[GAP], [messageOf('b')]])
  })

  it('of a gap is told again where that could not be sent either', async () => {
    const parts = outbox()
    parts.isAway = true
    parts.outbox.post(messageOf('a'))
    await parts.turn()
    parts.outbox.recovered()
    await parts.turn()
    parts.isAway = false
    parts.outbox.post(messageOf('b'))
    await parts.turn()
    expect(parts.sent).toEqual([[GAP, messageOf('b')]])
    expect(parts.counters.dropped).toBe(1)
  })
})
