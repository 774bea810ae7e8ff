import { expect, test } from 'vitest'
import { startTestCluster } from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { HeldCommits } from '../postgres/held-commits.ts'
import { clock, Observer } from '../postgres/harness.ts'
import { OpenTransaction } from '../postgres/open-transaction.ts'
import { TestStream } from './harness.ts'

test(
  'a stream begins behind the ids of what it leaves out, also of what is committed and not visible yet',
  { timeout: 60_000 },
  async () => {
    await using cluster = await startTestCluster({ replicas: 0 }, { clock, random })
    await using observer = await Observer.connect(cluster.primaryUrl)
    await observer.rows('CREATE SCHEMA people')
    await observer.rows('CREATE TABLE people.person (id int PRIMARY KEY)')
    // The slot waits for the first transaction, then for what has begun meanwhile; what is committed during that is left out, and held back.
    await using first = await OpenTransaction.on(cluster.primaryUrl)
    const stream = await TestStream.open({ url: cluster.primaryUrl }, [{ schema: 'people', table: 'person' }])
    await using _closed = { [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose]() }
    const begun = stream.begin()
    await waits(first.id)
    const second = await OpenTransaction.on(cluster.primaryUrl)
    await first.end()
    await waits(second.id)
    await using commits = await HeldCommits.on(cluster.primaryUrl)
    const { xid, done } = await commits.statement(cluster.primaryUrl, 'INSERT INTO people.person VALUES (1)')
    await second[Symbol.asyncDispose]()
    await begun
    const started = stream.recorder.told.flatMap((told) => (told.kind === 'started' ? [told.start.xid] : []))
    expect(started[0]).toBeGreaterThan(xid)
    await commits.release()
    await done
    await stream.drained()
    expect(stream.recorder.committedChanges).toEqual([])

    /** Resolves when the slot that is being made waits for a transaction. */
    async function waits(id: number): Promise<void> {
      const text = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND locktype = 'transactionid' AND transactionid = $1::text::xid AND backend_type = 'walsender'`
      await waitFor(async () => (await observer.rows(text, [String(id)])).length > 0)
    }
  },
)
