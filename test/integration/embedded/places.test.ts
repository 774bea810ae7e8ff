import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkoutOf, homeOf } from '../../../packages/fulcrum/src/adapters/embedded-postgres/checkout.ts'
import { ask, Checkout } from './harness.ts'
import { copyProject, type Project } from './project.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = { uid: 65_534, gid: 65_534 }
const USER = isRoot ? NOBODY : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
const ALONE = { replicas: 0 }

function uidOf(pid: number | undefined): number {
  return statSync(`/proc/${pid}`).uid
}

function linksIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => lstatSync(join(directory, name)).isSymbolicLink())
}

describe('the cluster runs', { timeout: 60_000 }, () => {
  let checkout: Checkout
  let project: Project

  beforeAll(() => {
    checkout = new Checkout()
    project = copyProject(checkout.directory)
  })

  afterAll(() => checkout[Symbol.asyncDispose]())

  test('in a checkout that only its owner may enter, with install scripts blocked and a strict umask', async () => {
    checkout.letIn('owner')
    checkout.home = homeOf(checkoutOf(checkout.directory))
    const umask = process.umask(0o077)
    await using instance = checkout.start({}, project)
    process.umask(umask)
    const replica = await instance.replica()
    expect(await ask(replica, 'SELECT pg_is_in_recovery() AS replica')).toEqual([{ replica: true }])
    expect(uidOf(checkout.postmaster())).toBe(USER.uid)
    expect(checkout.home.startsWith(checkout.directory)).toBe(!isRoot)
    const [version] = readdirSync(join(checkout.home, 'runtime'))
    expect(linksIn(join(checkout.home, 'runtime', version as string, 'lib'))).toContain('libicuuc.so.60')
    expect(linksIn(join(project.platformPackage, 'native', 'lib'))).toEqual([])
    await checkout.crash(instance)
    checkout.removeHome()
    checkout.letIn('everybody')
  })

  test('for a user who is not root, and for root after that', async () => {
    chownSync(checkout.directory, USER.uid, USER.gid)
    checkout.home = homeOf(checkout.directory)
    expect(checkout.home.startsWith(checkout.directory)).toBe(true)
    await using instance = checkout.start(ALONE, { ...project, account: USER })
    await ask(await instance.primary(), 'CREATE TABLE kept AS SELECT 1 AS id')
    expect(uidOf(checkout.postmaster())).toBe(USER.uid)
    expect(uidOf(checkout.supervisor())).toBe(USER.uid)
    await checkout.crash(instance)

    await using again = checkout.start(ALONE, project)
    expect(await ask(await again.primary(), 'SELECT id FROM kept')).toEqual([{ id: 1 }])
    expect(uidOf(checkout.postmaster())).toBe(USER.uid)
    await checkout.crash(again)
    for (const name of readdirSync(checkout.home)) {
      expect([name, statSync(join(checkout.home, name)).uid]).toEqual([name, USER.uid])
    }
  })

  test.runIf(isRoot)('not for another user than the one it belongs to', async () => {
    await using other = new Checkout()
    mkdirSync(other.home, { recursive: true })
    await using refused = other.start(ALONE, { ...project, account: NOBODY })
    expect(await refused.refusal()).toMatchObject({ code: 'FUL-5009' })
  })

  test.runIf(isRoot)('not in a chosen directory that the account of PostgreSQL cannot enter', async () => {
    await using other = new Checkout()
    other.letIn('owner')
    const directory = join(other.directory, 'chosen')
    await using refused = other.start({ ...ALONE, directory })
    expect(await refused.refusal()).toMatchObject({ code: 'FUL-5008' })
    expect(existsSync(directory)).toBe(false)
  })
})
