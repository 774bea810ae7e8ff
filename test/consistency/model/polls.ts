import type { Instance } from './instance.ts'
import { learn } from './sessions.ts'
import type { Poll, World } from './world.ts'

/** An instance asks a node for its position. */
export function beginPoll(world: World): boolean {
  const instance = world.pick(world.instances) as Instance
  const node = world.random.chance(50) ? -1 : world.random.below(world.replicas.length)
  world.polls.push({ instance, node, sentAt: world.now(instance), known: undefined })
  return true
}

/** The node looks, or its answer arrives. */
export function stepPoll(world: World): boolean {
  const poll = world.pick(world.polls)
  if (poll === undefined) return false
  if (poll.known === undefined) return answer(world, poll)
  world.polls.splice(world.polls.indexOf(poll), 1)
  return arrive(world, poll)
}

function answer(world: World, poll: Poll): boolean {
  const replica = world.replicas[poll.node]
  poll.known =
    replica === undefined
      ? { epoch: world.epoch, lsn: world.primary.wal.insertLsn, incarnation: 0 }
      : { epoch: replica.epoch, lsn: replica.replayLsn, incarnation: replica.incarnation }
  return world.random.chance(50) ? stepPollOf(world, poll) : true
}

function stepPollOf(world: World, poll: Poll): boolean {
  world.polls.splice(world.polls.indexOf(poll), 1)
  return arrive(world, poll)
}

function arrive(world: World, { instance, node, sentAt, known }: Poll): boolean {
  if (known === undefined) return false
  if (known.epoch > instance.epoch) learn(world, instance)
  const isVoid = known.epoch !== instance.epoch && world.deviation !== 'positions of an old epoch are kept'
  if (isVoid) return true
  const before = instance.known.get(node)
  if (before !== undefined && known.lsn < before.lsn) {
    world.counts['positions that arrived out of order'] += 1
    if (known.incarnation <= before.incarnation) return true
  }
  instance.known.set(node, known)
  if (node >= 0) return true
  const isLate = world.deviation === 'positions are dated when they arrive'
  instance.ring.add(isLate ? world.now(instance) : sentAt, known.lsn)
  world.trace?.(`instance ${instance.index} learns that the primary was at ${known.lsn}`)
  return true
}
