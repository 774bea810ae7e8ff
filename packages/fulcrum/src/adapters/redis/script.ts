import { createHash } from 'node:crypto'
import type { Decode } from './operation.ts'
import { codeOf } from './server-error.ts'
import type { Servers } from './servers.ts'

/** What a script is given. */
export interface ScriptCall<T> {
  /** Of one slot, where there are slots. At least one. */
  readonly keys: readonly string[]
  readonly args: readonly (string | Buffer)[]
  readonly decode: Decode<T>
}

/** A Lua script: it runs as one step, and is sent once per server. */
export class Script {
  readonly text: string
  readonly #sha: string

  constructor(text: string) {
    this.text = text.trim()
    this.#sha = createHash('sha1').update(this.text).digest('hex')
  }

  /** A server that was restarted or flushed has forgotten it, and is told again. */
  async run<T>(servers: Servers, { keys, args, decode }: ScriptCall<T>): Promise<T> {
    const [place = ''] = keys
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await servers.run(place, ['EVALSHA', this.#sha, ...rest], decode)
    } catch (error) {
      if (!isForgotten(error)) throw error
      return await servers.run(place, ['EVAL', this.text, ...rest], decode)
    }
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === 'NOSCRIPT'
}
