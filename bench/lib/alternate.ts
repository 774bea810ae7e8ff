/** One way of doing the same thing; `round` does it for a while and returns what that took. */
export interface Contender<Figure = number> {
  readonly name: string
  readonly round: () => Promise<Figure>
}

export interface Rounds {
  /** Rounds that count, each with every contender in turn. Default 7. */
  readonly rounds?: number
  /** Rounds before, which do not count. Default 2. */
  readonly warmUp?: number
}

/** Figures by contender, one of each round. */
export type Figures<Figure = number> = ReadonlyMap<string, readonly Figure[]>

/**
 * Measures contenders in alternation, so that whatever else the machine does meets all of them. The order turns with every round: none is
 * always the one that runs on a warm cache.
 */
export async function alternate<Figure>(
  contenders: readonly Contender<Figure>[],
  { rounds = 7, warmUp = 2 }: Rounds = {},
): Promise<Figures<Figure>> {
  const figures = new Map(contenders.map(({ name }): [string, Figure[]] => [name, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, round: run } of turned(contenders, Math.max(0, round))) {
      const figure = await run()
      if (round >= 0) figures.get(name)?.push(figure)
    }
  }
  return figures
}

/** One aspect of figures that have several. */
export function pick<Figure>(figures: Figures<Figure>, aspect: (figure: Figure) => number): Figures {
  return new Map([...figures].map(([name, all]) => [name, all.map(aspect)]))
}

function turned<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
