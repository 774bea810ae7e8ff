import type { RedisServer } from '../redis-server.ts'

export interface Move {
  readonly from: RedisServer
  readonly to: RedisServer
}

/** A slot that is being moved: its keys are on their way, and have not gone yet. */
export interface Moving {
  /** Moves the keys, and tells both nodes. */
  finish(): Promise<void>
}

/** Begins to move a slot, as `redis-cli --cluster reshard` does. */
export async function moveSlot(slot: number, { from, to }: Move): Promise<Moving> {
  const [source, target] = await Promise.all([from, to].map((node) => node.command('CLUSTER', 'MYID')))
  const setSlot = (node: RedisServer, ...words: string[]): Promise<unknown> =>
    node.command('CLUSTER', 'SETSLOT', String(slot), ...words)
  await setSlot(to, 'IMPORTING', String(source))
  await setSlot(from, 'MIGRATING', String(target))
  const finish = async (): Promise<void> => {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', String(slot), '1000')) as string[]
    if (keys.length > 0)
      await from.command('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys)
    for (const node of [to, from]) await setSlot(node, 'NODE', String(target))
  }
  return { finish }
}
