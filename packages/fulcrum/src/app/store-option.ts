import type { EmbeddedSource } from '../adapters/embedded-postgres/source.ts'
import type { Deadline } from '../kernel/deadline.ts'
import type { AdapterDependencies, OpenStore } from '../ports/store-source.ts'
import type { StoreCapabilities } from '../ports/store.ts'
import type { AppConfig, Environment, StoreOption } from './config.ts'

/** The store that a configuration names for an environment. */
export function storeOption({ store }: AppConfig, env: Environment): StoreOption | undefined {
  return typeof store === 'function' ? store(env) : store
}

/** What is configured, known without connecting. */
export function storeCapabilities(option: StoreOption): StoreCapabilities {
  if (option.kind === 'store') return option.capabilities
  return {
    name: 'embedded PostgreSQL',
    replicas: option.replicas > 0,
    pipelining: true,
    positions: true,
    changeStream: true,
    outbox: true,
    queue: true,
    steps: true,
  }
}

/** An opened store; `release` ends what stands behind it, after the store itself is closed. */
export interface HeldStore extends OpenStore {
  close(deadline: Deadline): Promise<void>
}

/** Opens a store. An embedded cluster is joined first; its replicas attach to the running store as they begin to stream. */
export async function openStore(option: StoreOption, dependencies: AdapterDependencies): Promise<HeldStore> {
  if (option.kind === 'store') return hold(await option.open(dependencies), async () => {})
  return openEmbedded(option, dependencies)
}

async function openEmbedded(source: EmbeddedSource, dependencies: AdapterDependencies): Promise<HeldStore> {
  const { postgres } = await import('../adapters/postgres/source.ts')
  const cluster = await source.start(dependencies)
  const replicas = (attach: (url: string) => void): void => cluster.onReplica(attach)
  const options = source.replicas > 0 ? { url: cluster.primaryUrl, replicas } : { url: cluster.primaryUrl }
  try {
    return hold(await postgres(options).open(dependencies), () => cluster.release())
  } catch (error) {
    await cluster.release()
    throw error
  }
}

function hold(open: OpenStore, release: () => Promise<void>): HeldStore {
  return {
    ...open,
    close: async (deadline) => {
      try {
        await open.store.close(deadline)
      } finally {
        await release()
      }
    },
  }
}
