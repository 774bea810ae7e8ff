import { type EpochId, parseEpoch } from '../../consistency/epoch.ts'
import { NEW_TOKEN, saw, type Token } from '../../consistency/token.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CallSession, Entered } from '../session/call-session.ts'
import type { Freshness } from '../../ports/store.ts'
import type { Call, Seen } from './call.ts'
import { type StageFactory, storeOf } from './stage.ts'

/**
 * What the caller's session has to see, for the stages below; and what it has seen, for its next call. A session without a history gets one: from
 * its answer on it is known.
 */
export const session: StageFactory<'session'> = ({ level }, next, parts) => {
  const { freshness } = storeOf(parts)
  const remembersSights = level !== 'read-your-writes'
  return (call, input) => {
    if (call.session === undefined) return next(call, input)
    const entered = enter(call.session, freshness)
    if (entered === 'reset') call.probe.noted('session reset')
    if (entered === 'ahead') return catchUp(call, freshness).then(() => begin(call, input))
    return begin(call, input)
  }

  function begin(call: Call, input: unknown): unknown {
    call.token = (call.session as CallSession).token
    return call.token !== undefined && !remembersSights ? next(call, input) : remembering(call, input)
  }

  async function remembering(call: Call, input: unknown): Promise<unknown> {
    try {
      return await next(call, input)
    } finally {
      // Also after a declared error: that something is not there has been seen, too.
      if (remembersSights && call.seen !== undefined) remember(call, call.seen)
      else if (call.token === undefined)
        call.session?.advance(undefined, { ...NEW_TOKEN, epoch: freshness.epoch })
    }
  }
}

/** Who has seen something: the session, and the token with which it came. */
export type Witness = Pick<Call, 'session' | 'token'>

/** What was seen has to be seen from now on. */
export function remember({ session: remembering, token }: Witness, { label, tags }: Seen): void {
  const { epoch } = label
  if (remembering !== undefined) advance(remembering, token, { epoch, of: (from) => saw(from, tags, label) })
}

/** What a call makes of a token. */
export interface Advance {
  /** Of what was written or seen. */
  readonly epoch: EpochId
  readonly of: (token: Token) => Token
}

/**
 * Hands a session what a call has made of the token that it was given. What was written or seen in another epoch than that of the token begins a
 * token of its own: positions of two epochs do not mix.
 */
export function advance(advancing: CallSession, sent: Token | undefined, { epoch, of }: Advance): void {
  const isOfEpoch = sent !== undefined && (sent.epoch === undefined || sent.epoch === epoch)
  advancing.advance(isOfEpoch ? sent : undefined, of(isOfEpoch ? sent : { ...NEW_TOKEN, epoch }))
}

/** Takes a session into the present epoch. Before the primary was ever reached there is none, and nothing to compare with. */
export function enter(entering: CallSession, freshness: Freshness): Entered {
  const { epoch } = freshness
  return epoch === undefined || entering.isOf(epoch)
    ? 'kept'
    : entering.enter({ epoch, forkOf: (timeline) => freshness.forkOf(timeline) })
}

/** Lets no call pass that comes from an instance which knows of a newer primary, before this one does, too. */
export async function enterOrFail(call: Call, freshness: Freshness): Promise<void> {
  if (call.session !== undefined && enter(call.session, freshness) === 'ahead') await catchUp(call, freshness)
}

function newestOf({ tokens }: CallSession): EpochId | undefined {
  const epochs = tokens.flatMap(({ epoch }) => epoch ?? [])
  return epochs.toSorted((a, b) => (parseEpoch(b)?.timeline ?? 0) - (parseEpoch(a)?.timeline ?? 0))[0]
}

/** The session comes from an instance that knows of a newer primary. Until this one does, it would serve what that one has replaced. */
async function catchUp(call: Call, freshness: Freshness): Promise<void> {
  const { session: entering } = call
  await freshness.refresh(call.deadline, newestOf(entering as CallSession))
  if (enter(entering as CallSession, freshness) !== 'ahead') return
  const reason = 'the session has met a newer primary than this instance can reach'
  throw fulcrumError('FUL-3002', { dependency: 'PostgreSQL', reason }, { operation: call.operation })
}
