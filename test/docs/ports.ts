import { freePort } from '../support/free-port.ts'

/** The ports that pages name. */
const NAMED = ['3000', '4000'] as const

/** Puts free ports in the place of those that a page names, and back. */
export class Ports {
  readonly #free: ReadonlyMap<string, string>

  private constructor(free: ReadonlyMap<string, string>) {
    this.#free = free
  }

  static async choose(): Promise<Ports> {
    const free = await Promise.all(NAMED.map(async (port) => [port, String(await freePort())] as const))
    return new Ports(new Map(free))
  }

  /** The free port in the place of a named one. */
  of(named: (typeof NAMED)[number]): string {
    return this.#free.get(named) as string
  }

  /** What a page says, as it is run. Digits in an id are no port. */
  toFree(text: string): string {
    return text.replaceAll(/(?<![\w-])[34]000(?![\w-])/g, (port) => this.#free.get(port) ?? port)
  }

  /** What was printed, as a page would say it. */
  toNamed(text: string): string {
    return [...this.#free].reduce((said, [named, free]) => said.replaceAll(free, named), text)
  }
}
