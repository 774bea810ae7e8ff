import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { carryOver } from '../../packages/fulcrum/src/consistency/carry-over.ts'
import type { contains, containsSeen } from '../../packages/fulcrum/src/consistency/label.ts'
import type { needOf } from '../../packages/fulcrum/src/consistency/need.ts'
import type { PositionRing } from '../../packages/fulcrum/src/consistency/position-ring.ts'
import type { servable, servableAt } from '../../packages/fulcrum/src/consistency/servable.ts'
import type { settled } from '../../packages/fulcrum/src/consistency/snapshot.ts'
import type { merge, NEW_TOKEN, saw, wrote } from '../../packages/fulcrum/src/consistency/token.ts'
import type { bury, hasPosition, outlives } from '../../packages/fulcrum/src/consistency/tombstone.ts'
import type { includes } from '../../packages/fulcrum/src/consistency/watermark.ts'
import type { CallSession } from '../../packages/fulcrum/src/enforce/session/call-session.ts'

/** The rules under test: the product's own functions, from one compiled copy of them. */
export interface Rules {
  readonly carryOver: typeof carryOver
  readonly contains: typeof contains
  readonly containsSeen: typeof containsSeen
  readonly needOf: typeof needOf
  readonly PositionRing: typeof PositionRing
  readonly servable: typeof servable
  readonly servableAt: typeof servableAt
  readonly settled: typeof settled
  readonly merge: typeof merge
  readonly NEW_TOKEN: typeof NEW_TOKEN
  readonly saw: typeof saw
  readonly wrote: typeof wrote
  readonly outlives: typeof outlives
  readonly bury: typeof bury
  readonly hasPosition: typeof hasPosition
  readonly includes: typeof includes
  readonly CallSession: typeof CallSession
}

/** Where the rules are, below the folder of the compiled package. */
const FILES = [
  'consistency/carry-over.js',
  'consistency/label.js',
  'consistency/need.js',
  'consistency/position-ring.js',
  'consistency/servable.js',
  'consistency/snapshot.js',
  'consistency/token.js',
  'consistency/tombstone.js',
  'consistency/watermark.js',
  'enforce/session/call-session.js',
]

/** Loads them from a folder that is laid out like `packages/fulcrum/dist`. */
export async function loadRules(folder: string): Promise<Rules> {
  const modules = await Promise.all(
    FILES.map((file) => import(pathToFileURL(join(folder, file)).href) as Promise<object>),
  )
  return Object.assign({}, ...modules) as Rules
}
