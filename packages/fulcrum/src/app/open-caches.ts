import type { Module } from '../declare/module.ts'
import { Caches } from '../enforce/cache/caches.ts'
import { ChangeFollower, followedTables } from '../enforce/cache/change-follower.ts'
import type { Deadline } from '../kernel/deadline.ts'
import { stageOf } from '../plan/plan.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import { localBounds } from './cache-option.ts'
import type { AppConfig } from './config.ts'
import type { HeldStore } from './store-option.ts'

export interface CacheParts extends AppParts {
  readonly config: AppConfig
  readonly booted: Booted
  readonly held: HeldStore | undefined
  readonly deadline: Deadline
}

/** The caches of a running application, and what has to be closed before its store is. */
export interface OpenCaches {
  readonly caches: Caches
  readonly close: () => Promise<void>
}

/**
 * Connects the shared cache, which may be away, and follows the changes of tables that cached answers depend on, which must be possible.
 *
 * @throws what stands in the way of following changes.
 */
export async function openCaches(parts: CacheParts): Promise<OpenCaches> {
  const { config, booted, held, clock, random, log } = parts
  const shared = await booted.cache?.open({ clock, random, log })
  const freshness = held?.store.freshness
  const caches = new Caches({ local: localBounds(config), shared, freshness, clock, random })
  await shared?.start()
  const unfollow = await follow(caches, parts)
  return {
    caches,
    close: async () => {
      await unfollow()
      await shared?.close()
    },
  }
}

async function follow(
  caches: Caches,
  { booted, held, deadline, log }: CacheParts,
): Promise<() => Promise<void>> {
  const modules = followedModules(booted)
  const stream = modules.length === 0 ? undefined : held?.changeStream?.(modules.flatMap(followedTables))
  if (stream === undefined) return async () => {}
  caches.onReliance(() => stream.touch())
  await stream.start(new ChangeFollower(caches, modules, log), deadline)
  return () => stream.close()
}

/** Modules that say what their rows are called, where some operation's cached answers end with changes of rows. */
function followedModules({ operations }: Booted): readonly Module[] {
  const isFollowed = operations.some(({ plan }) => stageOf(plan, 'fill')?.invalidation === 'log')
  const modules = new Set(operations.map(({ module }) => module))
  return isFollowed ? [...modules].filter(({ rows }) => rows !== undefined) : []
}
