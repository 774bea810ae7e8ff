import { relative } from 'node:path'
import type { ExitCode } from '../command-context.ts'
import type { StopRequests } from '../stop-requests.ts'
import type { Terminal } from '../terminal.ts'
import { AppProcess } from './app-process.ts'
import type { AppProcessSettings, Report } from './messages.ts'
import { WatchedFiles } from './watched-files.ts'

/** How long an old version may finish what is in flight before it is ended. */
const FINISH_MS = 3_000

export interface DevLoopOptions {
  readonly settings: AppProcessSettings
  readonly directory: string
  readonly terminal: Terminal
  readonly stop: StopRequests
}

/**
 * Keeps the newest version of an application that loads serving.
 *
 * A change starts a candidate; once it has loaded and holds, the version that serves is stopped and the candidate serves. A candidate that does
 * not load (a syntax error, a refused contract) says why and ends, and what served before goes on. The database outlives the moment between two
 * versions, because the embedded cluster lingers after the last one has left.
 */
export class DevLoop {
  readonly #options: DevLoopOptions
  readonly #watched = new WatchedFiles((file) => this.#changed(file))
  readonly #ended = Promise.withResolvers<ExitCode>()
  #serving: AppProcess | undefined
  #candidate: AppProcess | undefined
  #hasServed = false
  #isEnding = false

  constructor(options: DevLoopOptions) {
    this.#options = options
  }

  /** Resolves when it was asked to stop, or when no change of a file could help. */
  async run(): Promise<ExitCode> {
    const killAll = (): void => this.#all().forEach((each) => each.kill())
    process.on('exit', killAll)
    this.#watched.add([this.#options.settings.config])
    this.#begin()
    void this.#options.stop.requested.then(() => this.#ended.resolve(0))
    const code = await this.#ended.promise
    this.#isEnding = true
    this.#watched.close()
    await this.#end()
    process.off('exit', killAll)
    return code
  }

  #all(): AppProcess[] {
    return [this.#candidate, this.#serving].filter((each) => each !== undefined)
  }

  async #end(): Promise<void> {
    this.#candidate?.kill()
    this.#serving?.stop()
    await Promise.all(this.#all().map((each) => each.exited))
  }

  #changed(file: string): void {
    this.#say(`changed: ${relative(this.#options.directory, file)}`)
    this.#watched.refresh()
    this.#candidate?.kill()
    this.#begin()
  }

  #begin(): void {
    const { settings } = this.#options
    const fresh = settings.fresh && !this.#hasServed
    const candidate = new AppProcess({ ...settings, fresh }, (report) => this.#hear(candidate, report))
    this.#candidate = candidate
    void candidate.exited.then(() => this.#left(candidate))
  }

  #hear(from: AppProcess, report: Report): void {
    if (report.type === 'files') this.#watched.add(report.files)
    if (report.type === 'folders') this.#watched.addFolders(report.folders)
    if (report.type === 'loaded') void this.#promote(from)
    if (report.type === 'serving') this.#hasServed = true
    if (report.type === 'hopeless') this.#ended.resolve(report.code)
  }

  async #promote(candidate: AppProcess): Promise<void> {
    await this.#retire(this.#serving)
    // Another change may have come meanwhile.
    if (candidate !== this.#candidate) return
    this.#watched.anySource = false
    this.#candidate = undefined
    this.#serving = candidate
    candidate.serve()
  }

  async #retire(old: AppProcess | undefined): Promise<void> {
    if (old === undefined) return
    const impatience = setTimeout(() => old.kill(), FINISH_MS)
    old.stop()
    await old.exited
    clearTimeout(impatience)
  }

  #left(process: AppProcess): void {
    if (process === this.#candidate) {
      this.#candidate = undefined
      this.#watched.anySource = true
      this.#say(
        this.#serving === undefined ? 'waiting for a change' : 'the last version that works goes on serving',
      )
    }
    if (process === this.#serving) {
      this.#serving = undefined
      if (this.#candidate === undefined) this.#say('ended; waiting for a change')
    }
  }

  #say(line: string): void {
    const { stop, terminal } = this.#options
    if (stop.isRequested || this.#isEnding) return
    terminal.err.line(terminal.err.paint('yellow', line))
  }
}
