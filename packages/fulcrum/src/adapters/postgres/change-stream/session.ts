import type { Clock } from '../../../kernel/clock.ts'
import type { ChangeListener, FollowedTable, StreamStart } from '../../../ports/change-stream.ts'
import type { Fence } from '../fence.ts'
import { parseLsn } from '../lsn.ts'
import type { Control } from './control.ts'
import type { CopyReceiver } from './copy-both.ts'
import { readFrame, statusFrame } from './frame.ts'
import { PgOutputDecoder } from './pgoutput.ts'
import { Polling } from './polling.ts'
import type { FollowedTables } from './publications.ts'
import type { ReplicationConnection } from './replication-connection.ts'
import { SlotWatch } from './slot-watch.ts'
import { AFTERWARDS, type AfterwardsRow, FLUSHED, type FlushedRow } from './sql/position.ts'
import { SLOT_STATE, type SlotStateRow } from './sql/slot.ts'
import { namesStandby } from './standby-names.ts'
import type { FollowedTableRow } from './sql/tables.ts'
import type { TableWatch } from './table-watch.ts'
import { TransactionAssembler } from './transaction-assembler.ts'
import { TransactionIds } from './transaction-ids.ts'
import { Watermarks } from './watermarks.ts'

/** A server that was asked and sends nothing for so long is gone. */
const SILENCE_MS = 10_000
/** Something is heard at least so often, because it is asked for. */
const BEAT_MS = 1_000
/** Between two looks at the slot. */
const SLOT_MS = 10_000
/** A position that the stream has not told for so long is held up by a record whose end is not flushed. */
const HELD_UP_MS = 100

export interface SessionParts {
  readonly clock: Clock
  readonly control: Control
  readonly fence: Pick<Fence, 'write'>
  readonly connection: Pick<ReplicationConnection, 'send'>
  readonly slot: string
  readonly applicationName: string
  readonly tables: FollowedTables
  readonly watch: TableWatch
  readonly start: StreamStart
  readonly listener: ChangeListener
  /** Milliseconds between two watermarks while somebody needs them. */
  readonly poll: number
  readonly log: (line: string) => void
}

/**
 * The stream of one connection, from its first message to whatever ends it.
 *
 * made → following → over. Nothing is told once it is over; `ended` says why.
 */
export class StreamSession implements CopyReceiver {
  readonly ended: Promise<unknown>
  readonly #parts: SessionParts
  readonly #decoder = new PgOutputDecoder()
  readonly #ids: TransactionIds
  readonly #assembler: TransactionAssembler
  readonly #watermarks = new Watermarks()
  readonly #polling: Polling
  readonly #slotWatch: SlotWatch
  #end!: (reason: unknown) => void
  #isOver = false
  #heardAt: number
  #slotSeenAt: number

  constructor(parts: SessionParts) {
    this.#parts = parts
    const { clock, poll, start, tables, log } = parts
    this.#ids = new TransactionIds(start.xid)
    this.#assembler = new TransactionAssembler(this.#ids, tables.tables)
    this.#polling = new Polling({ clock, every: poll, round: () => this.#round() })
    this.#slotWatch = new SlotWatch(log)
    this.#heardAt = clock.now()
    this.#slotSeenAt = clock.now()
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Before the stream is asked for. */
  begin(): void {
    this.#parts.listener.started(this.#parts.start)
    this.#polling.start()
  }

  touch(): void {
    this.#polling.touch()
  }

  received(chunk: Buffer): void {
    if (this.#isOver) return
    this.#heardAt = this.#parts.clock.now()
    try {
      this.#take(chunk)
    } catch (error) {
      this.over(error)
    }
  }

  /** The connection is gone. */
  readonly over = (reason: unknown): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#polling.stop()
    this.#end(reason)
  }

  #take(chunk: Buffer): void {
    const frame = readFrame(chunk)
    if (frame.kind === 'alive') {
      this.#toldUpTo(frame.sent)
      if (frame.wantsReply) this.#acknowledge(false)
      return
    }
    const changes = this.#assembler.add(this.#decoder.decode(frame.message))
    if (changes === undefined) return
    if (changes.rows.length > 0 || changes.tables.length > 0) this.#parts.listener.committed(changes)
    this.#toldUpTo(changes.change.lsn)
    // Whoever has seen the change may soon want a watermark that covers it.
    this.#polling.touch()
  }

  #toldUpTo(lsn: number): void {
    const watermark = this.#watermarks.toldUpTo(lsn)
    if (watermark !== undefined) this.#parts.listener.watermark(watermark)
  }

  /** The server flushes whole pages while nobody commits, and tells of a record when all of it is flushed. */
  get #isHeldUp(): boolean {
    const { waitsSince = Infinity } = this.#watermarks
    return this.#polling.isBrisk && this.#parts.clock.now() - waitsSince >= HELD_UP_MS
  }

  async #round(): Promise<void> {
    try {
      await Promise.all([this.#ask(), this.#lookAtSlot()])
      if (this.#isHeldUp) await this.#parts.fence.write()
    } catch {
      // The primary does not answer. The watermark stands still; whether the stream is alive is told by the stream itself.
    }
    if (this.#isOver) return
    const silence = this.#silence()
    this.#acknowledge(this.#watermarks.isBehind || silence > BEAT_MS)
    if (silence > SILENCE_MS) await this.#judge()
  }

  async #ask(): Promise<void> {
    const { clock, control, tables, listener, start } = this.#parts
    const askedAt = clock.now()
    // In this order, in one turn: the tables are looked at after the position.
    const [position, states] = await Promise.all([control.ask<FlushedRow>(FLUSHED), tables.look(control)])
    if (this.#isOver) return
    if (position.epoch !== start.epoch || states.epoch !== start.epoch)
      return this.over(new Error('The primary was replaced'))
    if (!(await this.#compare(states.rows)) || this.#isOver) return
    const watermark = this.#watermarks.reached(askedAt, parseLsn((position.rows[0] as FlushedRow).lsn))
    if (watermark !== undefined) listener.watermark(watermark)
  }

  /** Tells what the stream does not. `false` when that is not known. */
  async #compare(rows: readonly FollowedTableRow[]): Promise<boolean> {
    this.#ids.reached(Number(rows[0]?.latest_xid ?? 0))
    const news = this.#parts.watch.compare(rows)
    if (news.kind === 'broken') this.over(new Error(news.reason))
    if (news.kind !== 'altered') return news.kind === 'none'
    if (!(await this.#altered(news.tables))) return false
    this.#parts.watch.accept(rows)
    return true
  }

  async #altered(tables: readonly FollowedTable[]): Promise<boolean> {
    const { control, listener, start } = this.#parts
    const { rows, epoch } = await control.ask<AfterwardsRow>(AFTERWARDS)
    const [row] = rows
    if (this.#isOver || row === undefined || epoch !== start.epoch) return false
    listener.committed({ change: { xid: Number(row.xid), lsn: parseLsn(row.lsn) }, rows: [], tables })
    return true
  }

  async #lookAtSlot(): Promise<void> {
    const { clock, control, slot, applicationName } = this.#parts
    if (clock.now() - this.#slotSeenAt < SLOT_MS) return
    this.#slotSeenAt = clock.now()
    const [row] = (await control.ask<SlotStateRow>(SLOT_STATE, [slot])).rows
    if (row === undefined) return
    this.#slotWatch.look(row)
    if (namesStandby(row.standby_names, applicationName))
      this.over(new Error('synchronous_standby_names matches the change stream'))
  }

  #silence(): number {
    return this.#parts.clock.now() - this.#heardAt
  }

  /** What has arrived while this process was busy is read before the server is judged. */
  async #judge(): Promise<void> {
    await this.#parts.clock.yield()
    if (this.#silence() > SILENCE_MS) this.over(new Error(`it has sent nothing for ${SILENCE_MS} ms`))
  }

  /** All that was received has been taken into account when the next message is, so the server may forget it. */
  #acknowledge(wantsReply: boolean): void {
    const { clock, connection } = this.#parts
    connection.send(statusFrame({ done: this.#watermarks.told, wall: clock.wall(), wantsReply }))
  }
}
