import { createChangeStream } from '../../../packages/fulcrum/src/adapters/postgres/change-stream/create.ts'
import { loadDriver } from '../../../packages/fulcrum/src/adapters/postgres/driver.ts'
import { deriveFromQuery } from '../../../packages/fulcrum/src/adapters/postgres/exchange.ts'
import {
  checkOptions,
  type PostgresOptions,
} from '../../../packages/fulcrum/src/adapters/postgres/options.ts'
import { Topology } from '../../../packages/fulcrum/src/adapters/postgres/topology.ts'
import type { Watermark } from '../../../packages/fulcrum/src/consistency/watermark.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import type {
  ChangeListener,
  ChangeStream,
  CommittedChanges,
  FollowedTable,
  StreamStart,
} from '../../../packages/fulcrum/src/ports/change-stream.ts'
import { clock, random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'

/** What a listener was told, in order. */
export type Told =
  | { readonly kind: 'started'; readonly start: StreamStart }
  | { readonly kind: 'committed'; readonly changes: CommittedChanges }
  | { readonly kind: 'watermark'; readonly watermark: Watermark }
  | { readonly kind: 'gap'; readonly reason: string }

/** Keeps what it is told; watermarks only the last one, and how many there were. */
export class Recorder implements ChangeListener {
  readonly told: Told[] = []
  readonly watermarks: Watermark[] = []
  /** Called with each thing, before it is kept. */
  onTold: (told: Told) => void = () => {}

  started(start: StreamStart): void {
    this.#keep({ kind: 'started', start })
  }

  committed(changes: CommittedChanges): void {
    this.#keep({ kind: 'committed', changes })
  }

  watermark(watermark: Watermark): void {
    this.watermarks.push(watermark)
    this.onTold({ kind: 'watermark', watermark })
  }

  gap(reason: string): void {
    this.#keep({ kind: 'gap', reason })
  }

  get committedChanges(): readonly CommittedChanges[] {
    return this.told.flatMap((each) => (each.kind === 'committed' ? [each.changes] : []))
  }

  get gaps(): readonly string[] {
    return this.told.flatMap((each) => (each.kind === 'gap' ? [each.reason] : []))
  }

  get lastWatermark(): Watermark {
    return this.watermarks.at(-1) ?? { lsn: 0, asOf: -Infinity }
  }

  /** Forgets what was told so far. */
  clear(): void {
    this.told.length = 0
    this.watermarks.length = 0
  }

  #keep(told: Told): void {
    this.onTold(told)
    this.told.push(told)
  }
}

/** A stream that has started, with what its listener was told; closed at the end of the test. */
export class TestStream implements AsyncDisposable {
  readonly stream: ChangeStream
  readonly recorder: Recorder
  readonly log: readonly string[]
  readonly #topology: Topology

  private constructor(parts: Pick<TestStream, 'stream' | 'recorder' | 'log'>, topology: Topology) {
    this.stream = parts.stream
    this.recorder = parts.recorder
    this.log = parts.log
    this.#topology = topology
  }

  /** Not started. */
  static async open(options: PostgresOptions, tables: readonly FollowedTable[]): Promise<TestStream> {
    const log: string[] = []
    const dependencies = { clock, random, log: (line: string) => void log.push(line) }
    const driver = await loadDriver()
    deriveFromQuery(driver.queryPrototype)
    const settings = checkOptions(options)
    const topology = new Topology({ settings, dependencies, driver })
    const stream = createChangeStream(tables, { primary: topology.primary, settings, driver, dependencies })
    return new TestStream({ stream, recorder: new Recorder(), log }, topology)
  }

  static async start(options: PostgresOptions, tables: readonly FollowedTable[]): Promise<TestStream> {
    const opened = await TestStream.open(options, tables)
    try {
      await opened.begin()
    } catch (error) {
      await opened[Symbol.asyncDispose]()
      throw error
    }
    return opened
  }

  async begin(ms = 20_000): Promise<void> {
    await this.stream.start(this.recorder, Deadline.after(clock, ms))
  }

  /** Waits until everything that was acknowledged before has been told. */
  async drained(): Promise<void> {
    const since = clock.now()
    await waitFor(
      () => {
        this.stream.touch()
        return this.recorder.lastWatermark.asOf >= since
      },
      { every: 2, what: 'a watermark' },
    )
  }

  /** The rows that were told since the last time, as text: `table{column:value}`. */
  async rows(): Promise<string[]> {
    await this.drained()
    const rows = this.recorder.committedChanges.flatMap((changes) => changes.rows)
    this.recorder.clear()
    return rows.map(({ table, row }) => `${table} ${JSON.stringify(row)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stream.close()
    await this.#topology.primary.close()
  }
}
