import { createClient } from 'redis'

/** Redis forgets everything. */
export async function flush(url: string): Promise<void> {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  await client.flushAll()
  client.destroy()
}
