import { MOST_POSITIONS } from '../rules-folder.ts'
import type { Instance, Known } from './instance.ts'
import { learn } from './sessions.ts'
import type { Poll, World } from './world.ts'

/** An instance asks a node for its position, or all of them at once. */
export function beginPoll(world: World): boolean {
  const instance = world.pick(world.instances) as Instance
  const { replicas, random, habits } = world
  if (!random.chance(habits.roundsOfPolls))
    return send(world, { instance, node: random.below(1 + replicas.length) - 1 })
  for (let node = -1; node < replicas.length; node++) send(world, { instance, node })
  return true
}

function send(world: World, { instance, node }: Pick<Poll, 'instance' | 'node'>): boolean {
  const poll: Poll = { instance, node, sentAt: world.now(instance), known: undefined }
  world.polls.push(poll)
  return world.random.chance(world.habits.haste.polls) ? goOn(world, poll) : true
}

/** A replica is asked, and answers at once. */
export function look(world: World, instance: Instance, node: number): void {
  const poll = { instance, node, sentAt: world.now(instance), known: undefined }
  arrive(world, { ...poll, known: answer(world, poll) })
}

/** The node looks, or its answer arrives. */
export function stepPoll(world: World): boolean {
  const poll = world.pick(world.polls)
  return poll === undefined ? false : goOn(world, poll)
}

function goOn(world: World, poll: Poll): boolean {
  if (poll.known === undefined) {
    poll.known = answer(world, poll)
    if (!world.random.chance(world.habits.haste.polls)) return true
  }
  world.polls.splice(world.polls.indexOf(poll), 1)
  return arrive(world, { ...poll, known: poll.known })
}

/** A primary says how far its log is flushed. That of an old epoch may not know yet that it is one. */
function answer(world: World, { node, instance }: Poll): Known {
  const { epoch, primary, replicas, random } = world
  const replica = replicas[node]
  if (replica !== undefined)
    return { epoch: replica.epoch, lsn: replica.replayLsn, incarnation: replica.incarnation }
  if (instance.epoch < epoch && random.chance(80)) {
    instance.isMisled = true
    return { epoch: instance.epoch, lsn: world.reached(instance.epoch).lsn, incarnation: 0 }
  }
  return { epoch, lsn: primary.flushLsn, incarnation: 0 }
}

function arrive(world: World, { instance, node, sentAt, known }: Poll & { known: Known }): boolean {
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
  remember(world, instance, { sentAt, lsn: known.lsn })
  world.trace?.(`instance ${instance.index} learns that the primary was at ${known.lsn}`)
  return true
}

function remember(world: World, instance: Instance, { sentAt, lsn }: { sentAt: number; lsn: number }): void {
  const isLate = world.deviation === 'positions are dated when they arrive'
  instance.ring.add(isLate ? world.now(instance) : sentAt, lsn)
  if (sentAt <= (instance.positions.at(-1) ?? -Infinity)) return
  instance.positions.push(sentAt)
  if (instance.positions.length > MOST_POSITIONS) world.counts['positions thinned out'] += 1
}
