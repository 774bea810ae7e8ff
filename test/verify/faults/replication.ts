import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { repeat } from './repeat.ts'

/** Commits are in the log and on the replicas, and not visible on the primary. */
export const heldCommits: Fault = {
  name: 'commits held by synchronous replication',
  during: ({ cluster }, span) =>
    repeat(span, async (index) => {
      await cluster.primary.set('synchronous_standby_names', 'nobody')
      await sleep(200 + 150 * (index % 3))
      await cluster.primary.set('synchronous_standby_names', undefined)
      await sleep(300)
    }),
}

/** One replica shows everything later. */
export const lateReplica: Fault = {
  name: 'a replica that applies late',
  during: async ({ cluster: { replicas } }, span) => {
    await replicas[1].set('recovery_min_apply_delay', '700ms')
    await span.over()
    await replicas[1].set('recovery_min_apply_delay', undefined)
  },
}

/** The replicas stand still, one, the other, and both at once. */
export const pausedReplay: Fault = {
  name: 'paused replay',
  during: ({ cluster: { replicas } }, span) =>
    repeat(span, async (index) => {
      const paused = index % 3 === 2 ? replicas : [replicas[index % 3 === 0 ? 0 : 1]]
      for (const replica of paused) await replica.rows('SELECT pg_wal_replay_pause()')
      await sleep(900)
      for (const replica of paused) await replica.rows('SELECT pg_wal_replay_resume()')
      await sleep(200)
    }),
}

/** The primary is gone with what it had not passed on to the replica that takes its place; the other replica has it all, and so is of no use any more. */
export const lostTail: Fault = {
  name: 'promotion with a lost tail',
  during: async (world, span) => {
    const { cluster } = world
    await sleep(span.ms * 0.2)
    await cluster.cutOff(cluster.replicas[0])
    await sleep(400)
    await world.failOver()
    await sleep(span.ms * 0.4)
    await cluster.mend()
    await sleep(span.ms * 0.2)
    await span.over()
  },
}
