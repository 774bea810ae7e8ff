/** Readers of one cold key, all at once. */
export interface Ask {
  readonly key: string
  readonly readers: number
  /** Milliseconds that the loader takes. */
  readonly takes: number
}

export interface Asked {
  readonly kind: 'asked'
  readonly key: string
  /** Milliseconds until the last reader was answered. */
  readonly slowest: number
  readonly failed: number
}

export type Told = { readonly kind: 'ready' } | { readonly kind: 'loading'; readonly key: string } | Asked
