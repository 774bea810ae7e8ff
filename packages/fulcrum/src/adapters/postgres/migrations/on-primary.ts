import type { Deadline } from '../../../kernel/deadline.ts'
import type { AdapterDependencies } from '../../../ports/store-source.ts'
import { MIGRATION } from '../connector.ts'
import type { Driver } from '../driver.ts'
import type { PostgresNode } from '../node.ts'
import { reachPrimary } from '../reach-primary.ts'
import { MigrationSession } from './session.ts'

export interface MigrationParts {
  readonly primary: PostgresNode
  readonly driver: Driver
  readonly dependencies: AdapterDependencies
}

/** Works on a connection of its own, whose settings may be changed: nobody uses it afterwards. */
export async function onPrimary<T>(
  { primary, driver, dependencies }: MigrationParts,
  deadline: Deadline,
  work: (session: MigrationSession) => Promise<T>,
): Promise<T> {
  await reachPrimary(primary, dependencies, deadline)
  const connection = await open(primary)
  connection.attach(primary)
  try {
    return await work(new MigrationSession(connection, driver, deadline))
  } finally {
    await connection.end()
  }
}

async function open(primary: PostgresNode): ReturnType<PostgresNode['connector']['open']> {
  try {
    return await primary.connector.open(MIGRATION, primary.monitor.cancelBackend)
  } catch (error) {
    throw primary.unavailable(error)
  }
}
