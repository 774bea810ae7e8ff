// A process with one instance: it publishes, relays, delivers and works until somebody kills it. Argument: the URL of the database.
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { applied, type Fact, ledger, record } from './ledger.ts'

/** What it is told to do: to record a batch, or to take in facts of elsewhere. */
export type Order =
  | { readonly id: number; readonly events: readonly Fact[]; readonly jobs: readonly Fact[] }
  | { readonly id: number; readonly reported: readonly Fact[] }

/** That it is ready, and which orders it has carried out, or could not. */
export interface Told {
  readonly isReady?: true
  readonly done?: number
  readonly failed?: number
}

const [url = ''] = process.argv.slice(2)
const config = { modules: [ledger, applied], store: postgres({ url }) }
const app = await createApp(config, { log: () => {} })
  .start()
  // While the database is away there is nothing to begin with: another process is started in place of this one.
  .catch(() => process.exit(1))

async function carryOut(order: Order): Promise<void> {
  if ('reported' in order) {
    const time = new Date(0).toISOString()
    await app.events.acceptMany(
      order.reported.map((fact) => ({
        specversion: '1.0',
        id: `${fact.key} ${fact.n}`,
        source: '/elsewhere',
        type: 'elsewhere.Reported',
        time,
        data: fact,
      })),
    )
  } else await app.call(record, { batch: order.id, events: [...order.events], jobs: [...order.jobs] })
}

function tell(told: Told): void {
  process.send?.(told)
}

process.on('message', (order: Order) => {
  const { id } = order
  carryOut(order).then(
    () => tell({ done: id }),
    () => tell({ failed: id }),
  )
})
process.on('disconnect', () => process.exit())
tell({ isReady: true })
