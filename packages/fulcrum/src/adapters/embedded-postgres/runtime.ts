import { chmodSync, constants, existsSync, mkdirSync } from 'node:fs'
import { chmod, copyFile, link, readdir, readFile, rename, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { giveToOwnerOfDirectory } from './account.ts'
import { besides, findUnfinished, remove } from './files.ts'
import type { PlatformPackage } from './platform-package.ts'

/** PostgreSQL's programs, in a place where the account that runs them reaches them. */
export interface Runtime {
  readonly version: string
  readonly major: number
  readonly bin: string
}

interface LibraryLink {
  readonly source: string
  readonly target: string
}

/**
 * Puts the platform package's programs into `<directory>/<version>`, once; not for several processes at the same time. Not used in place, for three reasons: under a checkout
 * that only its owner may enter, PostgreSQL's account does not reach them; the package's install script, which makes the links
 * between its libraries, is often blocked; and reinstalling packages must not pull the programs from under a running server. Files
 * are hard links where the file system allows it, so this takes neither space nor time worth mentioning.
 */
export async function installRuntime(source: PlatformPackage, directory: string): Promise<Runtime> {
  const target = join(directory, source.version)
  if (!existsSync(target)) {
    makeShared(directory)
    for (const left of findUnfinished(directory, /./)) remove(left)
    await install(source, target)
  }
  return { version: source.version, major: source.major, bin: join(target, 'bin') }
}

// Built beside its place and renamed, so that a runtime is either complete or absent.
async function install(source: PlatformPackage, target: string): Promise<void> {
  const building = besides(target, 'new')
  makeShared(building)
  await linkTree(source.native, building)
  await linkLibraries(source.native, building)
  await rename(building, target)
}

// Whatever the umask of this process is, PostgreSQL's account has to get in.
function makeShared(directory: string): void {
  mkdirSync(directory, { recursive: true })
  chmodSync(directory, 0o755)
  giveToOwnerOfDirectory(directory)
}

async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (entry.isFile()) return linkOrCopy(source, target)
      if (!entry.isDirectory()) return
      makeShared(target)
      await linkTree(source, target)
    }),
  )
}

// A hard link shares its permissions with the original, so a file that others may not use has to be copied.
async function linkOrCopy(source: string, target: string): Promise<void> {
  const { mode } = await stat(source)
  const needed = (mode & 0o100) === 0 ? 0o004 : 0o005
  if ((mode & needed) === needed && (await tryLink(source, target))) return
  await copyFile(source, target, constants.COPYFILE_FICLONE)
  await chmod(target, needed === 0o004 ? 0o644 : 0o755)
}

// Another file system, or one without hard links, or a file of somebody else under fs.protected_hardlinks.
async function tryLink(source: string, target: string): Promise<boolean> {
  return link(source, target).then(
    () => true,
    () => false,
  )
}

async function linkLibraries(native: string, target: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as LibraryLink[]
  for (const { source, target: name } of links) {
    await symlink(relative(dirname(name), source), join(target, relative('native', name)))
  }
}
