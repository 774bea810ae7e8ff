import { type EpochId, epochId } from '../../../consistency/epoch.ts'
import type { Monitor } from '../monitor.ts'

/** What the primary answered, and in which epoch. */
export interface ControlAnswer<Row> {
  readonly rows: readonly Row[]
  readonly epoch: EpochId
}

/** Asks the primary, beside the stream. Questions that are asked in one turn are answered in their order. */
export interface Control {
  ask<Row>(text: string, values?: readonly string[]): Promise<ControlAnswer<Row>>
}

/** Over the connection that watches the node. */
export function controlOf(monitor: Pick<Monitor, 'ask'>): Control {
  return {
    async ask<Row>(text: string, values: readonly string[] = []) {
      const { results, connection } = await monitor.ask(text, values)
      if (connection === undefined) throw new TypeError('An answer without a connection')
      return { rows: results as unknown as readonly Row[], epoch: epochId(connection.identity) }
    },
  }
}
