import { createHash } from 'node:crypto'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Reply } from './client.ts'
import type { Link } from './link.ts'

/** A Lua script: it runs as one step, and is sent once per server. */
export class Script {
  readonly #text: string
  readonly #sha: string

  constructor(text: string) {
    this.#text = text
    this.#sha = createHash('sha1').update(text).digest('hex')
  }

  /** A server that was restarted or flushed has forgotten it, and is told again. */
  async run(link: Link, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await link.run(['EVALSHA', this.#sha, ...rest])
    } catch (error) {
      if (!isFulcrumError(error, 'FUL-3002') || !String(error.params.reason).startsWith('NOSCRIPT'))
        throw error
      return await link.run(['EVAL', this.#text, ...rest])
    }
  }
}
