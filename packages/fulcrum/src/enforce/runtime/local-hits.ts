import { type Demands, type Plan, type StageName, stageOf } from '../../plan/plan.ts'
import type { Freshness } from '../../ports/store.ts'
import { isElsewhere } from '../cache/elsewhere.ts'
import type { Entry } from '../cache/entry.ts'
import { Judge } from '../cache/judge.ts'
import type { Shelf } from '../cache/local-tier.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import type { CallSession } from '../session/call-session.ts'
import type { Seen } from './call.ts'
import type { CallRequest } from './runtime.ts'
import { remember } from './stage-session.ts'
import { type StageParts, storeOf } from './stage.ts'

/**
 * What may come before the local cache in a plan: these ask nothing of a hit that is not asked here. A declared deadline is above zero, so it is not
 * spent when a call begins.
 */
const BEFORE: readonly StageName[] = ['deadline', 'session']

/** Who has no session has no token. */
const NOBODY: Pick<CallSession, 'token'> = Object.freeze({ token: undefined })

/** Of one operation with a local tier. */
interface HitParts {
  readonly cache: OperationCache
  readonly shelf: Shelf
  readonly judge: Judge
  /** `undefined` where the plan has no session stage. */
  readonly freshness: Freshness | undefined
  readonly remembersSights: boolean
}

/**
 * Hits in the local tier for callers who want nothing but the answer. They are given an already-made promise: no call, no deadline and no context
 * are made, since nothing is waited for.
 *
 * Who may be served what is decided by the same key, judge and session rules as in the stages. Whatever is not plainly a hit is left to those, and
 * nothing has happened to it here: what is absent or due to be read anew, sessions of unknown history or of another epoch.
 */
export class LocalHits {
  readonly #parts: HitParts

  constructor(parts: HitParts) {
    this.#parts = parts
  }

  /** Whether the terms of a call can make no difference to a hit. */
  isOpenTo({ budget = Infinity, signal, ifMatch, overHttp }: CallRequest): boolean {
    return budget > 0 && signal === undefined && ifMatch === undefined && overHttp === undefined
  }

  /** The answer to a validated input; `undefined`: the stages have to see. @throws FUL-3017 for inputs without a key. */
  find({ principal, session }: CallRequest, input: unknown): Promise<unknown> | undefined {
    const { cache, shelf, judge, freshness } = this.#parts
    const key = cache.key(input, principal)
    const entry = shelf.get(key)
    if (entry === undefined) return undefined
    if (freshness !== undefined && session !== undefined && !isKnown(session, freshness)) return undefined
    if (!judge.isFresh(entry, session ?? NOBODY, judge.now())) return undefined
    const answer = entry.answer ?? makeAnswer(entry)
    if (answer === undefined) return undefined
    if (session !== undefined) this.#witness(session, entry)
    cache.traffic.note(key)
    return answer
  }

  #witness(session: CallSession, entry: Entry): void {
    const { label } = entry
    if (!this.#parts.remembersSights || label === undefined || isElsewhere(label)) return
    remember({ session, token: session.token }, entry as Seen)
  }
}

/** Absences are errors, which are made anew for each caller. */
function makeAnswer(entry: Entry): Promise<unknown> | undefined {
  if (entry.stored.kind === 'value') entry.answer = Promise.resolve(entry.stored.value)
  return entry.answer
}

/** Whether all that a session has to see is known, and of the present epoch. */
function isKnown(session: CallSession, { epoch }: Freshness): boolean {
  return session.token !== undefined && epoch !== undefined && session.isOf(epoch)
}

/** `undefined` for plans without a local tier, and for those in which more is asked of a hit. */
export function localHits(plan: Plan, parts: StageParts): LocalHits | undefined {
  const demands = stageOf(plan, 'local cache')
  const { cache } = parts
  if (demands === undefined || cache?.shelf === undefined || !isPlain(plan, demands)) return undefined
  const session = stageOf(plan, 'session')
  return new LocalHits({
    cache,
    shelf: cache.shelf,
    judge: new Judge(parts.caches, demands),
    freshness: session && storeOf(parts).freshness,
    remembersSights: session !== undefined && session.level !== 'read-your-writes',
  })
}

function isPlain({ stages }: Plan, demands: Demands): boolean {
  const before = stages.slice(
    0,
    stages.findIndex((stage) => stage === demands),
  )
  return before.every(({ stage }) => BEFORE.includes(stage))
}
