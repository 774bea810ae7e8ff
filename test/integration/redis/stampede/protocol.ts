/** What an instance is asked: to read a key as often as told, all at once. */
export interface Ask {
  readonly key: string
  readonly readers: number
  /** Milliseconds that the loader takes. */
  readonly takes: number
}

/** What became of them. */
export interface Asked {
  readonly kind: 'asked'
  readonly key: string
  /** How many got which value. */
  readonly values: Readonly<Record<string, number>>
  /** Why the others got none. */
  readonly errors: readonly string[]
  /** Milliseconds that the process was held up for, at the most. */
  readonly stall: number
}

export type Told =
  | { readonly kind: 'ready' }
  /** The loader was called. */
  | { readonly kind: 'loading'; readonly key: string }
  | Asked
