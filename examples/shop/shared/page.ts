import { z } from 'zod'

type Cursor<Key extends z.ZodType> = z.ZodCodec<z.ZodString, Key>

interface Paging<Key extends z.ZodType> {
  limit: z.ZodDefault<z.ZodInt>
  after: z.ZodOptional<Cursor<Key>>
}

/** The members `limit` and `after` of a list's input. `key` is what the list is sorted by; it has to be unique. */
export function paging<Key extends z.ZodType>(key: Key): Paging<Key> {
  return { limit: z.int().min(1).max(100).default(20), after: cursor(key).optional() }
}

/** What a list answers. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}

export interface Page<Item> {
  items: Item[]
  next: string | null
}

/** A page from `limit + 1` rows: the last one is only there to tell whether there is more. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, key }: { readonly item: (row: Row) => Item; readonly key: (row: Row) => unknown },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = last !== undefined && rows.length > limit
  return { items: shown.map(item), next: more ? encode(key(last)) : null }
}

/** The key of the last item seen, opaque to clients and validated when it comes back. */
function cursor<Key extends z.ZodType>(key: Key): Cursor<Key> {
  return z.codec(z.string().max(200), key, {
    encode,
    decode: (text, context) => {
      try {
        return JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/'))) as z.input<Key>
      } catch {
        context.issues.push({ code: 'custom', message: 'not a cursor of this list', input: text })
        return z.NEVER
      }
    },
  })
}

/** Base64url, RFC 4648. Keys are ASCII. */
function encode(key: unknown): string {
  return btoa(JSON.stringify(key)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
