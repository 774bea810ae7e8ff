import { styleText } from 'node:util'

/** The few styles that output uses. They carry no meaning that the text does not have as well. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Where lines for people go, and what they may look like there. */
export interface Page {
  line(text?: string): void
  /** Applies a style where colours are wanted: on a terminal, unless `NO_COLOR` is set, or wherever `FORCE_COLOR` is. */
  paint(style: Style, text: string): string
  /** Characters per line to wrap prose to. */
  readonly width: number
}

/** Standard output for results, standard error for everything else. */
export interface Terminal {
  readonly out: Page
  readonly err: Page
}

const WIDEST = 110
const NARROWEST = 60

class StreamPage implements Page {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  line(text = ''): void {
    this.#stream.write(`${text}\n`)
  }

  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream })
  }

  get width(): number {
    return Math.max(NARROWEST, Math.min(this.#stream.columns ?? WIDEST, WIDEST))
  }
}

/** The streams of the process. */
export function processTerminal(): Terminal {
  return { out: new StreamPage(process.stdout), err: new StreamPage(process.stderr) }
}

/**
 * What to do when a reader goes away (`fulcrum explain | head`): a write then fails with EPIPE, which would otherwise end the process with
 * a stack. A server goes on without its output; everything else has nobody left to work for.
 */
export function survivePipes(isServing: () => boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      if (!isServing()) process.exit(process.exitCode ?? 0)
    })
  }
}
