import { join } from 'node:path'
import { folderOf } from '../../support/system-program.ts'

/** Where a program of Redis is; all come with the server. */
export async function programOf(name: 'redis-server' | 'redis-cli'): Promise<string> {
  return join(await folderOf('redis-server'), name)
}
