import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { canTraverse, serverAccount } from './account.ts'

const ROOT_MARKS = ['.git', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']

/**
 * The directory that all instances of an application have in common, whatever directory of it they are started in: the nearest one
 * upwards that is a repository or holds a lock file, else the nearest with a package.json, else the directory itself.
 */
export function checkoutOf(directory: string): string {
  const real = realpathSync(directory)
  return nearestWith(real, ROOT_MARKS) ?? nearestWith(real, ['package.json']) ?? real
}

function nearestWith(directory: string, marks: readonly string[]): string | undefined {
  if (marks.some((mark) => existsSync(join(directory, mark)))) return directory
  return directory === dirname(directory) ? undefined : nearestWith(dirname(directory), marks)
}

/**
 * Where the cluster of a checkout lives: in the checkout, unless PostgreSQL has to run under an account that does not get there (root
 * with a checkout that nobody else may enter). Then below `/var/lib`, and where that cannot be entered either, below the system's
 * temporary directory. The choice is the same at every start.
 */
export function homeOf(checkout: string): string {
  const key = `${basename(checkout)}-${createHash('sha256').update(checkout).digest('hex').slice(0, 16)}`
  const candidates = [
    join(checkout, '.fulcrum', 'postgres'),
    join('/var/lib/fulcrum', key),
    join(tmpdir(), `fulcrum-${key}`),
  ]
  return candidates.find(isUsable) ?? (candidates[0] as string)
}

/**
 * The directory that the user asked for.
 *
 * @throws FUL-5008 when PostgreSQL's account cannot enter it.
 */
export function chosenHome(directory: string): string {
  const home = resolve(directory)
  const account = serverAccount(home)
  if (account === undefined || canTraverse(account, home)) return home
  throw fulcrumError('FUL-5008', { directory: home, uid: account.uid })
}

function isUsable(home: string): boolean {
  const account = serverAccount(home)
  return account === undefined || canTraverse(account, home)
}
