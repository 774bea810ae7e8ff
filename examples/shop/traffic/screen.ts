/** Draws lines over those drawn before on a terminal; elsewhere nothing is ever taken back. */
export class Screen {
  #drawn = 0
  readonly #out: NodeJS.WriteStream

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  get live(): boolean {
    return this.#out.isTTY
  }

  draw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : ''
    const width = this.#out.columns
    this.#out.write(up + lines.map((line) => `\u001b[2K${line.slice(0, width)}\n`).join(''))
    this.#drawn = lines.length
  }

  print(lines: readonly string[]): void {
    this.#out.write(lines.map((line) => `${line}\n`).join(''))
  }
}
