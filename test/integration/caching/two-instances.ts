import { freshDatabase } from '../../support/database.ts'
import { RedisServer } from '../redis/redis-server.ts'
import { productsApp, type Warehouse } from './products-app.ts'

export type Started = Awaited<ReturnType<typeof productsApp>>

/** Two instances of the application on a database and a Redis of their own. */
export interface TwoInstances extends AsyncDisposable {
  readonly one: Started
  readonly other: Started
  readonly server: RedisServer
}

export async function twoInstances({ hasReplica }: { readonly hasReplica: boolean }): Promise<TwoInstances> {
  await using stack = new AsyncDisposableStack()
  const { url, replicaUrl } = stack.use(await freshDatabase())
  const server = stack.use(await RedisServer.start())
  const stock: Warehouse = new Map()
  const start = async (): Promise<Started> => {
    const places = { url, ...(hasReplica && { replicaUrl }), redisUrl: server.url, stock }
    const started = await productsApp(places)
    stack.defer(() => started.app.close())
    return started
  }
  const [one, other] = [await start(), await start()]
  const opened = stack.move()
  return { one, other, server, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
