import { setTimeout as sleep } from 'node:timers/promises'
import { flush } from '../cluster/flush.ts'
import type { Fault } from './fault.ts'
import { repeat } from './repeat.ts'

/** Redis forgets everything, stops answering, and is gone for a while. */
export const brokenRedis: Fault = {
  name: 'Redis flushed, silent, restarted',
  during: ({ redis }, span) =>
    repeat(span, async (index) => {
      await flush(redis.url)
      await sleep(400)
      await flush(redis.url)
      await sleep(400)
      if (index % 2 === 0) redis.pause()
      else await redis.kill()
      await sleep(400)
      if (index % 2 === 0) redis.resume()
      else await redis.start()
      await sleep(600)
    }),
}

/** What an instance has read arrives in Redis when the tombstone of a change that came meanwhile is forgotten: its messages are held back, or it is. */
export const lateFills: Fault = {
  name: 'fills that outlast tombstones',
  during: ({ proxies, instances }, span) =>
    repeat(span, async (index) => {
      const instance = instances[index % instances.length]
      if (index % 2 === 0) await proxies.order({ do: 'stall', route: 'redis' })
      else instance?.pause()
      await sleep(800)
      if (index % 2 === 0) await proxies.order({ do: 'flow', route: 'redis' })
      else instance?.resume()
      await sleep(600)
    }),
}
