import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyPrimary } from '../../../packages/fulcrum/src/adapters/embedded-postgres/base-backup.ts'
import {
  makeOwnedDirectory,
  writeOwned,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/files.ts'
import {
  type Layout,
  replicaPlan,
  startPrimary,
  startReplica,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/nodes.ts'
import {
  newHome,
  removeCluster,
  testLayout,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { freePort } from '../../../packages/fulcrum/src/adapters/embedded-postgres/ports.ts'
import { clock, random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { connectionUrl } from '../../../packages/fulcrum/src/adapters/embedded-postgres/sql.ts'
import type { Proxies } from './proxies.ts'
import { Server } from './server.ts'

const SETTINGS = { max_connections: 200, max_slot_wal_keep_size: '4GB' }

/**
 * A primary and two replicas, and the ports through which instances reach whoever has the role.
 *
 * whole → fail over (the primary is gone, the first replica takes its place, nobody is the first replica) → mend (the old primary is built anew as
 * the first replica, and the second one too) → whole.
 */
export class Cluster implements AsyncDisposable {
  primary: Server
  replicas: [Server, Server]
  readonly #home: string
  readonly #layout: Layout
  readonly #proxies: Proxies

  private constructor(home: string, layout: Layout, servers: [Server, Server, Server], proxies: Proxies) {
    this.#home = home
    this.#layout = layout
    this.#proxies = proxies
    const [primary, first, second] = servers
    this.primary = primary
    this.replicas = [first, second]
  }

  static async start(proxies: Proxies): Promise<Cluster> {
    const home = newHome()
    const layout = testLayout(home, { settings: SETTINGS })
    const primaryPort = await freePort(random)
    const primary = await startPrimary(layout, primaryPort, clock)
    const replica = async (name: string): Promise<Server> => {
      const ports = { primary: primaryPort, own: await freePort(random) }
      return new Server(await startReplica(layout, { name, ports }, { clock }), layout.credentials)
    }
    const servers: [Server, Server, Server] = [
      new Server(primary, layout.credentials),
      await replica('replica_1'),
      await replica('replica_2'),
    ]
    const cluster = new Cluster(home, layout, servers, proxies)
    await cluster.#point()
    return cluster
  }

  /** What instances connect to. */
  url(route: 'primary' | 'replica_1' | 'replica_2'): string {
    return connectionUrl({
      ...this.#layout.credentials,
      port: this.#proxies.ports[route],
      database: 'postgres',
    })
  }

  /** No log of the primary goes to a replica from now on. */
  async cutOff(replica: Server): Promise<void> {
    const [row] = await this.primary.rows<{ pid: number }>(
      'SELECT pid FROM pg_stat_replication WHERE application_name = $1',
      [replica.name],
    )
    if (row === undefined) throw new Error(`${replica.name} does not stream`)
    process.kill(row.pid, 'SIGSTOP')
  }

  /** The primary is gone at once, with whatever the first replica has not received; that one takes its place before anybody can reach it. */
  async failOver(look: (successor: Server) => Promise<void>): Promise<void> {
    const [successor] = this.replicas
    const old = this.primary
    await old.kill()
    await successor.rows('SELECT pg_promote()')
    await waitFor(
      async () => (await successor.rows<{ up: boolean }>('SELECT NOT pg_is_in_recovery() AS up'))[0]?.up,
      { what: 'the promotion' },
    )
    await look(successor)
    this.primary = successor
    this.replicas = [old, this.replicas[1]]
    await this.#proxies.order({ do: 'shut', route: 'replica_1' })
    await this.#proxies.order({ do: 'point', route: 'primary', port: successor.port })
  }

  /** After a fail-over: both replicas are built anew from the new primary. */
  async mend(): Promise<void> {
    const [first, second] = this.replicas
    await this.#rebuild(first)
    await this.#proxies.order({ do: 'point', route: 'replica_1', port: first.port })
    await second.stop()
    await this.#rebuild(second)
    await this.#proxies.order({ do: 'point', route: 'replica_2', port: second.port })
  }

  /** Both replicas have all that the primary has written so far. */
  async settle(): Promise<void> {
    const [row] = await this.primary.rows<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn')
    for (const replica of this.replicas)
      await waitFor(
        async () =>
          (
            await replica.rows<{ there: boolean }>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there', [
              row?.lsn,
            ])
          )[0]?.there,
        { what: `${replica.name} has everything`, deadline: 30_000 },
      )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.primary, ...this.replicas].map((server) => server.stop()))
    removeCluster(this.#home)
  }

  async #point(): Promise<void> {
    const [first, second] = this.replicas
    await this.#proxies.order({ do: 'point', route: 'primary', port: this.primary.port })
    await this.#proxies.order({ do: 'point', route: 'replica_1', port: first.port })
    await this.#proxies.order({ do: 'point', route: 'replica_2', port: second.port })
  }

  async #rebuild(server: Server): Promise<void> {
    const { account, home } = this.#layout
    const to = join(home, server.name)
    rmSync(to, { recursive: true, force: true })
    makeOwnedDirectory(to, account)
    const from = this.primary.plan.directory
    await copyPrimary(await this.primary.client(), { from, to, slot: server.name, account })
    writeOwned(join(to, 'standby.signal'), '')
    await server.start(
      replicaPlan(this.#layout, server.name, { primary: this.primary.port, own: server.port }),
    )
    await waitFor(
      async () =>
        (
          await this.primary.rows(
            "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'",
            [server.name],
          )
        ).length === 1,
      { what: `${server.name} streams`, deadline: 30_000 },
    )
  }
}
