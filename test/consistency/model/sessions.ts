import type { Token } from '../../../packages/fulcrum/src/consistency/token.ts'
import type { Instance } from './instance.ts'
import { checkDemand } from './invariants.ts'
import { EPOCHS } from './lineage.ts'
import type { Session } from './session.ts'
import { mergeShadows, noShadow, type Shadow, shadowIn } from './shadow.ts'
import type { World } from './world.ts'

/** What a call begins with. */
export interface Entered {
  readonly token: Token | undefined
  readonly shadow: Shadow
}

/** A session calls an instance. An instance that is behind looks for the present epoch, or the call fails: `undefined`. */
export function enter(world: World, session: Session, instance: Instance): Entered | undefined {
  if (world.deviation === 'tokens ignore epochs') return enterBlindly(world, session)
  const { epoch } = instance
  const before = session.calls.tokens
  const outcome = session.calls.enter({
    epoch: EPOCHS[epoch] as string,
    forkOf: (timeline) => world.lineage.forkLsn(timeline - 1, epoch),
  })
  if (outcome === 'ahead') {
    world.counts['tokens ahead of their instance'] += 1
    if (world.random.chance(50)) return undefined
    learn(world, instance)
    return enter(world, session, instance)
  }
  if (outcome === 'carried') world.counts['tokens carried over'] += 1
  if (outcome === 'reset') world.counts['tokens reset'] += 1
  const shadow = enterShadows(world, session, epoch, outcome === 'reset')
  const { token } = session.calls
  if (token !== undefined && before[0] !== token) check(world, token)
  return { token, shadow }
}

function enterBlindly(world: World, session: Session): Entered {
  const shadow = enterShadows(world, session, world.epoch, true)
  return { token: session.calls.token, shadow }
}

function enterShadows(world: World, session: Session, epoch: number, isTold: boolean): Shadow {
  const [first] = session.shadows
  if (first?.epoch === epoch && session.shadows.length === 1) return first
  let shadow = noShadow(epoch)
  for (const each of session.shadows) {
    const { left, isLoss } = shadowIn(each, epoch, world.lineage)
    if (isLoss && !isTold) world.violate('epoch isolation', `session ${session.index} was not told of a loss`)
    shadow = mergeShadows(shadow, left)
  }
  session.shadows = [shadow]
  return shadow
}

/** A call that began with `entered` has ended: the session holds what it made of its token. */
export function leave(world: World, session: Session, left: { began: Entered; ended: Entered }): void {
  const { began, ended } = left
  session.open -= 1
  if (ended.token !== undefined) {
    if (ended.token !== began.token) check(world, ended.token)
    countMerge(world, session, left)
    session.calls.advance(began.token, ended.token)
  }
  addShadow(session, ended.shadow)
}

export function addShadow(session: Session, shadow: Shadow): void {
  const { shadows } = session
  const same = shadows.findIndex(({ epoch }) => epoch === shadow.epoch)
  if (same < 0) shadows.push(shadow)
  else shadows[same] = mergeShadows(shadows[same] as Shadow, shadow)
}

/** An instance finds out about the present epoch: what it knew of the old one is void. */
export function learn(world: World, instance: Instance): boolean {
  if (instance.epoch === world.epoch) return false
  instance.epoch = world.epoch
  instance.isMisled = false
  instance.known.clear()
  if (world.deviation === 'caches ignore epochs') return true
  instance.loseStream()
  instance.changes.entered()
  if (world.deviation === 'positions of an old epoch are kept') return true
  instance.ring.clear()
  instance.positions.length = 0
  return true
}

function check(world: World, token: Token): void {
  checkDemand(world, token, world.reached(EPOCHS.indexOf(token.epoch ?? (EPOCHS[world.epoch] as string))))
}

function countMerge(
  world: World,
  session: Session,
  { began, ended }: { began: Entered; ended: Entered },
): void {
  const present = session.calls.token
  if (present === undefined || present === began.token || present.epoch !== ended.token?.epoch) return
  if (present === ended.token) return
  for (const [tag, a] of present.tags) {
    const b = ended.token?.tags.get(tag)
    if (b === undefined) continue
    if (a.fill !== b.fill && a.fill !== 0 && b.fill !== 0)
      world.counts['tokens merged with different fills'] += 1
    if (a.wrote === b.wrote && a.wrote !== 0 && a.writeId !== b.writeId)
      world.counts['tokens merged with two writes at one position'] += 1
  }
}
