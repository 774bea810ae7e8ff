import assert from 'node:assert/strict'
import type { BusMessage } from '../../ports/shared-cache.ts'
import { type ConformanceCase, EPOCH, freshTag, listen } from './case.ts'

/** What instances tell each other. */
export const NEWS: readonly ConformanceCase[] = [
  {
    name: 'tells all instances of changes',
    run: async ({ one, other, until }) => {
      const heard = [listen(one), listen(other)]
      const tags = [freshTag(), freshTag()]
      const tombstone = { min: 2 ** 52 + 7, writeId: 2 ** 52 + 9 }
      await one.changed(EPOCH, { tags, tombstone, ttl: 1_000 })
      const told = (messages: readonly BusMessage[]): BusMessage | undefined =>
        messages.find((message) => message.kind === 'changed' && message.tags[0] === tags[0])
      await until(() => heard.every((messages) => told(messages) !== undefined))
      const message = { kind: 'changed', epoch: EPOCH, tags, tombstone }
      for (const messages of heard) assert.deepEqual(told(messages), message)
    },
  },
  {
    name: 'tells of many changes at once, in the order of one instance',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const tags = Array.from({ length: 300 }, freshTag)
      await Promise.all(
        tags.map((tag) =>
          one.changed(EPOCH, { tags: [tag], tombstone: { min: tag, writeId: 1 }, ttl: 1_000 }),
        ),
      )
      await until(() => heard.length >= tags.length)
      assert.deepEqual(
        heard.flatMap((message) => (message.kind === 'changed' ? message.tags : [])),
        tags,
      )
    },
  },
]
