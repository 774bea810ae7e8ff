import type { AdapterDependencies } from '../../../ports/store-source.ts'
import type { ChangeStream, FollowedTable } from '../../../ports/change-stream.ts'
import type { Driver } from '../driver.ts'
import type { PostgresNode } from '../node.ts'
import type { PostgresSettings } from '../options.ts'
import { controlOf } from './control.ts'
import { PostgresChangeStream } from './stream.ts'

export interface ChangeStreamParts {
  readonly primary: Pick<PostgresNode, 'connector' | 'monitor' | 'fence'>
  readonly settings: PostgresSettings
  readonly driver: Driver
  readonly dependencies: AdapterDependencies
}

/** A stream of the changes of these tables, not started. The primary's monitor carries its questions. */
export function createChangeStream(
  tables: readonly FollowedTable[],
  { primary, settings, driver, dependencies }: ChangeStreamParts,
): ChangeStream {
  const { connector, monitor, fence } = primary
  const { applicationName, poll } = settings
  const { config } = settings.primary
  const control = controlOf(monitor)
  return new PostgresChangeStream(tables, {
    ...dependencies,
    driver,
    connector,
    config,
    applicationName,
    poll,
    control,
    fence,
  })
}
