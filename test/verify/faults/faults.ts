import { cutCommits, killedInstance } from './connections.ts'
import type { Fault } from './fault.ts'
import { latePolls, lateStream } from './held-answers.ts'
import { pieces } from './pieces.ts'
import { noReplicas } from './replicas.ts'
import { heldCommits, lateReplica, lostTail, pausedReplay } from './replication.ts'
import { brokenRedis, lateFills } from './shared-cache.ts'

export const noFaults: Fault = { name: 'no faults', during: (_, span) => span.over() }

/** One after the other, with everything whole in between. */
export const FAULTS: readonly Fault[] = [
  heldCommits,
  lateReplica,
  pausedReplay,
  noReplicas,
  brokenRedis,
  lateFills,
  lateStream,
  latePolls,
  pieces,
  cutCommits,
  killedInstance,
  lostTail,
]
