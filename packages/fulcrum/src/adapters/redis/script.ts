import { createHash } from 'node:crypto'
import type { Connection } from './connection.ts'
import type { Decode } from './operation.ts'
import { codeOf } from './server-error.ts'

/** What a script is given. */
export interface ScriptCall<T> {
  /** Of one bucket. */
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
  async run<T>(connection: Connection, { keys, args, decode }: ScriptCall<T>): Promise<T> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await connection.run(['EVALSHA', this.#sha, ...rest], decode)
    } catch (error) {
      if (!isForgotten(error)) throw error
      return await connection.run(['EVAL', this.text, ...rest], decode)
    }
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === 'NOSCRIPT'
}
