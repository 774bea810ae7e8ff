import { join } from 'node:path'

/** Where a program of Redis is, wherever `scripts/system-dependencies.mjs` has found or put it. */
export async function programOf(name: 'redis-server' | 'redis-cli'): Promise<string> {
  const path = new URL('../../../scripts/system-dependencies.mjs', import.meta.url).href
  const { locate } = (await import(path)) as { locate: (name: string) => Promise<string | undefined> }
  const folder = await locate('redis-server')
  if (folder === undefined)
    throw new Error('redis-server is missing; node scripts/system-dependencies.mjs says how to get it')
  return join(folder, name)
}
