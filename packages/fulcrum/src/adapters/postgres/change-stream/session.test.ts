import { beforeEach, describe, expect, test } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../../kernel/clock-virtual.ts'
import type { ChangeListener } from '../../../ports/change-stream.ts'
import type { Control, ControlAnswer } from './control.ts'
import { FollowedTables } from './publications.ts'
import { StreamSession } from './session.ts'
import { Fence } from '../fence.ts'
import { FENCE } from '../sql/position.ts'
import { AFTERWARDS, FLUSHED } from './sql/position.ts'
import { SLOT_STATE } from './sql/slot.ts'
import { FOLLOWED_TABLES, type FollowedTableRow } from './sql/tables.ts'
import { TableWatch } from './table-watch.ts'

const person = { schema: 'people', table: 'person' }
const ROW: FollowedTableRow = {
  problem: null,
  is_published: true,
  has_publication: true,
  state: '16400:700',
  latest_xid: '900',
}

/** A primary that answers questions, and keeps in which order they were asked. */
class FakePrimary implements Control {
  readonly asked: string[] = []
  epoch = '7/1'
  flushed = '0/100'
  table: FollowedTableRow = ROW
  standbyNames = ''
  isAway = false

  async ask<Row>(text: string): Promise<ControlAnswer<Row>> {
    this.asked.push(text)
    if (this.isAway) throw new Error('away')
    const answers: Record<string, unknown> = {
      [FLUSHED]: { lsn: this.flushed },
      [FOLLOWED_TABLES]: this.table,
      [AFTERWARDS]: { xid: '950', lsn: '0/300' },
      [SLOT_STATE]: { wal_status: 'reserved', safe: null, kept: '1', standby_names: this.standbyNames },
    }
    return { rows: [answers[text] as Row], epoch: this.epoch }
  }
}

let clock: VirtualClock
let primary: FakePrimary
let told: string[]
let sent: Buffer[]
let session: StreamSession

const listener: ChangeListener = {
  started: ({ epoch, lsn, xid }) => void told.push(`started ${epoch} ${lsn} ${xid}`),
  committed: ({ change, rows, tables }) =>
    void told.push(`committed ${change.xid} ${rows.length} ${tables.length}`),
  watermark: ({ lsn, asOf }) => void told.push(`watermark ${lsn} ${asOf}`),
  gap: (reason) => void told.push(`gap ${reason}`),
}

beforeEach(() => {
  clock = createVirtualClock()
  primary = new FakePrimary()
  told = []
  sent = []
  session = new StreamSession({
    clock,
    control: primary,
    fence: new Fence({ clock, ask: (text) => primary.ask(text) }),
    listener,
    slot: 'fulcrum_1',
    applicationName: 'fulcrum changes',
    poll: 25,
    connection: { send: (chunk) => void sent.push(chunk) },
    tables: new FollowedTables([person]),
    watch: new TableWatch([person], [ROW]),
    start: { epoch: '7/1', lsn: 0x80, xid: 800 },
    log: () => {},
  })
  session.begin()
})

function alive(lsn: number, wantsReply = false): void {
  const frame = Buffer.alloc(18)
  frame.write('k')
  frame.writeUInt32BE(lsn, 5)
  frame[17] = wantsReply ? 1 : 0
  session.received(frame)
}

/** What the last status acknowledged, and whether it asked for a reply. */
function lastStatus(): [number, boolean] | undefined {
  const frame = sent.at(-1)
  return frame === undefined ? undefined : [Number(frame.readBigUInt64BE(9)), frame[33] === 1]
}

async function endReason(): Promise<string> {
  return String(await clock.drive(session.ended))
}

test('the watermark is a position that was asked for before the stream had told of it, as of the time of asking', async () => {
  await clock.runUntil(10)
  expect(told).toEqual(['started 7/1 128 800'])
  alive(0xff)
  expect(told).toHaveLength(1)
  alive(0x200)
  expect(told.slice(1)).toEqual(['watermark 256 0'])
  // What was told beyond it is not claimed before it was asked for again.
  alive(0x280)
  expect(told).toHaveLength(2)
  primary.flushed = '0/280'
  await clock.runUntil(1_500)
  expect(told.slice(2)).toEqual(['watermark 640 1000'])
})

describe('a watermark that waits for what is not flushed', () => {
  const fences = (): number => primary.asked.filter((text) => text === FENCE).length

  async function used(until: number): Promise<void> {
    for (let at = clock.now(); at < until; at += 25) {
      session.touch()
      await clock.runUntil(at)
    }
  }

  test('has a fence written, now and then, until it goes on', async () => {
    alive(0x80)
    await used(90)
    expect(fences()).toBe(0)
    await used(1_000)
    expect(fences()).toBeGreaterThan(1)
    expect(fences()).toBeLessThanOrEqual(4)
    const before = fences()
    alive(0x200)
    await used(2_000)
    expect(fences()).toBe(before)
  })

  test('has none while nobody needs it', async () => {
    alive(0x80)
    await clock.runUntil(5_000)
    expect(fences()).toBe(0)
  })
})

test('the tables are looked at after the position', async () => {
  await clock.runUntil(10)
  expect(primary.asked).toEqual([FLUSHED, FOLLOWED_TABLES])
})

test('a table that was altered is told as a whole before the watermark covers that', async () => {
  alive(0x200)
  await clock.runUntil(10)
  primary.table = { ...ROW, state: '16400:901' }
  await clock.runUntil(2_500)
  expect(told.slice(1)).toEqual([
    'watermark 256 0',
    'committed 950 0 1',
    'watermark 256 1000',
    'watermark 256 2000',
  ])
})

test('that a table was altered is not forgotten when the primary does not answer', async () => {
  alive(0x200)
  await clock.runUntil(10)
  primary.table = { ...ROW, state: '16400:901' }
  const { ask } = primary
  primary.ask = async (text) => {
    if (text === AFTERWARDS) throw new Error('away')
    return ask.call(primary, text) as never
  }
  await clock.runUntil(1_500)
  primary.ask = ask
  await clock.runUntil(2_500)
  expect(told.slice(1)).toEqual(['watermark 256 0', 'committed 950 0 1', 'watermark 256 2000'])
})

test.each([
  ['another epoch', () => (primary.epoch = '7/2'), 'The primary was replaced'],
  [
    'a publication that was changed',
    () => (primary.table = { ...ROW, is_published: false }),
    'people.person',
  ],
  [
    'a table that was dropped',
    () => (primary.table = { ...ROW, problem: 'it is gone' }),
    'person: it is gone',
  ],
])('%s ends it', async (_, change, reason) => {
  alive(0x200)
  change()
  expect(await endReason()).toContain(reason)
  expect(told).toHaveLength(1)
})

test('what cannot be read ends it, and nothing is told afterwards', async () => {
  session.received(Buffer.from('?'))
  expect(await endReason()).toContain('FUL-4036')
  alive(0x200)
  await clock.runUntil(5_000)
  expect(told).toHaveLength(1)
})

test('a listener that throws ends it', async () => {
  await clock.runUntil(10)
  told.push = () => {
    throw new Error('out of order')
  }
  alive(0x200)
  expect(await endReason()).toContain('out of order')
})

test('what has been told is acknowledged, and a reply is asked for while the stream is behind or silent', async () => {
  await clock.runUntil(10)
  expect(lastStatus()).toEqual([0, true])
  alive(0x200, true)
  expect(lastStatus()).toEqual([0x200, false])
  await clock.runUntil(1_010)
  expect(lastStatus()).toEqual([0x200, false])
  await clock.runUntil(3_010)
  expect(lastStatus()).toEqual([0x200, true])
})

test('a server that was asked and stays silent is given up', async () => {
  await clock.runUntil(10_500)
  alive(0x200)
  await clock.runUntil(20_000)
  expect(session.isOver).toBe(false)
  expect(await endReason()).toContain('nothing for 10000 ms')
})

test('a primary that does not answer questions stops the watermark, not the stream', async () => {
  alive(0x200)
  await clock.runUntil(10)
  primary.isAway = true
  for (let at = 1_000; at <= 60_000; at += 1_000) {
    await clock.runUntil(at)
    alive(0x200)
  }
  expect(session.isOver).toBe(false)
  expect(told.slice(1)).toEqual(['watermark 256 0'])
  expect(lastStatus()).toEqual([0x200, false])
})

test('it ends when the server begins to take it for a standby', async () => {
  primary.standbyNames = '*'
  for (let at = 1_000; at <= 12_000; at += 1_000) {
    await clock.runUntil(at)
    alive(0x200)
  }
  expect(session.isOver).toBe(true)
  expect(await endReason()).toContain('synchronous_standby_names')
})

test('it is brisk while somebody needs it', async () => {
  alive(0x200)
  await clock.runUntil(10)
  session.touch()
  await clock.runUntil(110)
  expect(told.slice(1).map((line) => line.split(' ').at(-1))).toEqual(['0', '25', '50', '75', '100'])
})
