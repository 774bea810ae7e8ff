export type { Clock, Timer, TimerOptions } from '../kernel/clock.ts'
export { createVirtualClock, type VirtualClock, type VirtualClockOptions } from '../kernel/clock-virtual.ts'
export type { Random } from '../kernel/random.ts'
export { createSeededRandom } from '../kernel/random-seeded.ts'
export { constant, type Distribution, exponential, lognormal } from '../predict/distribution.ts'
export type { StoreModel } from '../predict/modelled-store.ts'
export {
  type OperationModel,
  simulate,
  type Simulation,
  type SimulationOptions,
} from '../predict/simulate.ts'
export { sharedMemory } from '../adapters/memory/shared-memory.ts'
export type * from '../ports/shared-cache.ts'
export type { ConformanceCase, SharedCacheUnderTest } from '../prove/shared-cache/case.ts'
export { SHARED_CACHE_CONFORMANCE } from '../prove/shared-cache-conformance.ts'
export { Trouble, type TroubleKind, type TroubleOptions, TROUBLES } from '../prove/shared-cache/trouble.ts'
export { troubled } from '../prove/shared-cache/troubled-cache.ts'
