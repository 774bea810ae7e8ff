import type { DataClass } from '../../../declare/contract/vocabulary.ts'
import type { HttpMethod } from '../../../declare/http-route.ts'
import type { AnyOperation } from '../../../declare/operation.ts'
import { type Plan, stageOf } from '../../../plan/plan.ts'

/** What caches of HTTP may do with the answers of one operation; decided at boot. */
export type CachePolicy =
  /** Nobody keeps them. */
  | { readonly keep: 'never' }
  /** The caller's own cache keeps them and asks before each use: only the server can say what a session has to see. */
  | { readonly keep: 'to revalidate'; readonly byPrincipal: boolean }
  | LifetimePolicy

/** Caches keep them for as long as the contract allows. */
export interface LifetimePolicy {
  readonly keep: 'for a time'
  /** Also caches that serve many callers. */
  readonly isShared: boolean
  /** Answers are a principal's or a tenant's: the request headers that say who calls select among them. */
  readonly byPrincipal: boolean
  /** Nothing past the declared bound may be served, whatever fails. */
  readonly isStrict: boolean
  /** In seconds; 0: not at all. */
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
}

const NEVER: CachePolicy = { keep: 'never' }

/** Data that is on no disk but the database's. */
const NOT_KEPT: readonly (DataClass | undefined)[] = ['financial', 'health']

/**
 * What a contract says to caches of HTTP: nothing, unless it has a `cache`. An operation that does not cache behind the gateway does not ask anybody
 * to do so in front of it.
 */
export function cachePolicy(
  { contract, version }: AnyOperation,
  plan: Plan,
  method: HttpMethod,
): CachePolicy {
  const fill = stageOf(plan, 'fill')
  const flight = stageOf(plan, 'single-flight')
  // Answers to POST can be kept in theory (RFC 9110, 9.3.3), and no cache does.
  if (fill === undefined || flight === undefined || method !== 'GET') return NEVER
  if (NOT_KEPT.includes(contract.data?.class)) return NEVER
  const byPrincipal = fill.scope !== 'public'
  // Two principals can have the same version of different answers, and a tag has to tell them apart (RFC 9110, 8.8.3).
  if (byPrincipal && version !== undefined) return NEVER
  if (flight.level !== 'none') return { keep: 'to revalidate', byPrincipal }
  const { staleness, inPartition } = flight.bounds
  const isBound = staleness < Infinity
  return {
    keep: 'for a time',
    isShared: contract.data?.class === 'public' && !byPrincipal,
    byPrincipal,
    isStrict: isBound && inPartition <= staleness,
    staleWhileRevalidate: isBound ? 0 : seconds(flight.staleWhileRevalidate),
    // What is left of the bound when an answer has had its time is at least what a partition adds to it.
    staleIfError: seconds(isBound ? inPartition - staleness : flight.grace),
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
