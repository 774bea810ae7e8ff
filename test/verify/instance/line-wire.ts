import type { Gateway } from 'fulcrum/http'
import type { Request } from './protocol.ts'

type Wire = Parameters<ReturnType<Gateway['mount']>['answer']>[0]
type Watched = Parameters<Wire['watch']>[0]

/** What a call knows of the data that answered it. */
interface Labelled {
  readonly seen?: { readonly label: unknown }
  readonly read?: unknown
}

/** A request from a line. Nobody goes away before the answer is there. */
export class LineWire implements Wire {
  readonly raw: unknown = undefined
  readonly method: string
  readonly path: string
  readonly query = ''
  readonly rawHeaders: readonly string[]
  readonly #body: unknown
  #call: Labelled | undefined

  constructor({ method, path, caller, token, body }: Request) {
    this.method = method
    this.path = path
    this.#body = body
    this.rawHeaders = [
      'caller',
      caller,
      ...(token === undefined ? [] : ['fulcrum-token', token]),
      ...(body === undefined ? [] : ['content-type', 'application/json']),
    ]
  }

  /** The label of the answer's data. */
  get label(): unknown {
    return this.#call?.seen?.label ?? this.#call?.read
  }

  header(name: string): string | undefined {
    const index = this.rawHeaders.indexOf(name.toLowerCase())
    return index < 0 ? undefined : this.rawHeaders[index + 1]
  }

  stream(): AsyncIterable<Uint8Array> {
    throw new Error('no operation here imports')
  }

  body(): ReturnType<Wire['body']> {
    return this.#body === undefined ? undefined : { parsed: this.#body }
  }

  watch(call: Watched): void {
    this.#call = call as Labelled
  }

  unwatch(): void {}
}
