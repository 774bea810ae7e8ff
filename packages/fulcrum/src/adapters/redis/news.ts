import type { BusMessage } from '../../ports/shared-cache.ts'

/** Somebody could not tell everything. */
interface Gap {
  readonly kind: 'gap'
}

export type News = BusMessage | Gap

export const GAP: Gap = Object.freeze({ kind: 'gap' })

/** Messages as they travel: a list in JSON. */
export function newsOf(messages: readonly News[]): string {
  return JSON.stringify(messages)
}

/** What others may have written to the channel is not believed to have a form: `undefined` where it is not a list; what is unsound in it is left out. */
export function parseNews(bytes: Buffer): readonly News[] | undefined {
  try {
    const news: unknown = JSON.parse(bytes.toString())
    return Array.isArray(news) ? news.filter(isSound) : undefined
  } catch {
    return undefined
  }
}

function isSound(message: unknown): message is News {
  if (typeof message !== 'object' || message === null) return false
  const { kind } = message as Partial<News>
  return kind !== undefined && Object.hasOwn(SOUND, kind) && SOUND[kind](message as Loose)
}

type Loose = Readonly<Record<string, unknown>>

const SOUND: Readonly<Record<News['kind'], (message: Loose) => boolean>> = {
  gap: () => true,
  filled: ({ id }) => typeof id === 'string',
  bumped: ({ operation, version }) => typeof operation === 'string' && Number.isSafeInteger(version),
  changed: ({ epoch, tags, tombstone }) =>
    typeof epoch === 'string' &&
    Array.isArray(tags) &&
    tags.every(Number.isSafeInteger) &&
    isTombstone(tombstone),
}

function isTombstone(tombstone: unknown): boolean {
  if (typeof tombstone !== 'object' || tombstone === null) return false
  const { min, writeId } = tombstone as Loose
  return Number.isSafeInteger(min) && Number.isSafeInteger(writeId)
}
