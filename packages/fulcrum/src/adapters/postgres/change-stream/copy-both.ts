import type { Wire, WireQuery } from '../driver.ts'

/** Who is told what a stream brings. */
export interface CopyReceiver {
  received(chunk: Buffer): void
  /** The stream is over. */
  over(reason: unknown): void
}

/** A command that is answered by a stream in both directions, as pg's client drives one of its own queries. */
export class CopyBoth implements WireQuery {
  /** Set by pg's client when its `query_timeout` is on. */
  callback: (() => void) | undefined = undefined
  readonly #command: string
  readonly #receiver: CopyReceiver

  constructor(command: string, receiver: CopyReceiver) {
    this.#command = command
    this.#receiver = receiver
  }

  submit(wire: Wire): null {
    wire.query(this.#command)
    return null
  }

  handleCopyData(message?: { readonly chunk: Buffer }): void {
    if (message !== undefined) this.#receiver.received(message.chunk)
  }

  handleError(error: unknown): void {
    this.#receiver.over(error)
  }

  /** The server ends the stream by itself when it shuts down. */
  handleCommandComplete(): void {
    this.#receiver.over(new Error('The server has ended the stream'))
  }

  handleReadyForQuery(): void {
    this.handleCommandComplete()
  }

  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleEmptyQuery(): void {}

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('There is nothing to copy')
  }

  handlePortalSuspended(): void {}
}
