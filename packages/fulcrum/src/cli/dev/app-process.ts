import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AppProcessSettings, Order, Report } from './messages.ts'

/**
 * One version of the application in a process of its own.
 *
 * loading → loaded → (`serve()`) starting → serving → (`stop()`) stopping → exited; any state → (a failure, `kill()`) exited. A process per
 * version costs a new start of Node and of the connections; in return nothing of the old version is left in the new one.
 */
export class AppProcess {
  /** Resolves when it has ended, however. */
  readonly exited: Promise<void>
  readonly #child: ChildProcess

  constructor(settings: AppProcessSettings, onReport: (report: Report) => void) {
    this.#child = fork(mainFile(), [JSON.stringify(settings)], { stdio: 'inherit' })
    this.#child.on('message', onReport)
    this.exited = new Promise((resolve) => this.#child.once('close', () => resolve()))
  }

  serve(): void {
    this.#send({ type: 'serve' })
  }

  /** Lets it finish what is in flight. */
  stop(): void {
    this.#send({ type: 'stop' })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  // It may have ended meanwhile, which `exited` tells.
  #send(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => {})
  }
}

// Beside this file, with the same ending: `.ts` in the sources, `.js` in the build.
function mainFile(): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./app-process-main.${ending}`, import.meta.url))
}
