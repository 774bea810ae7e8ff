import { expect, test } from 'vitest'
import { SlotWatch } from './slot-watch.ts'

const MB = 2 ** 20
const fine = { wal_status: 'reserved', safe: String(900 * MB), kept: String(10 * MB), standby_names: '' }

test('says what endangers the slot or the disk, once', () => {
  const lines: string[] = []
  const watch = new SlotWatch((line) => lines.push(line))
  watch.look(fine)
  watch.look({ ...fine, safe: String(60 * MB) })
  watch.look({ ...fine, safe: String(50 * MB) })
  watch.look({ ...fine, wal_status: 'unreserved', safe: '-5' })
  watch.look(fine)
  watch.look({ ...fine, safe: null, kept: String(3 * 1024 * MB) })
  expect(lines).toEqual([
    'the server will give up its replication slot after 60 MB more',
    'the server is about to give up its replication slot (unreserved)',
    'its replication slot keeps 3072 MB of the log',
  ])
})
