import { constants, existsSync } from 'node:fs'
import { chmod, copyFile, link, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
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
 * Puts the platform package's programs into `<directory>/<version>`, once. Not used in place, for three reasons: under a checkout
 * that only its owner may enter, PostgreSQL's account does not reach them; the package's install script, which makes the links
 * between its libraries, is often blocked; and reinstalling packages must not pull the programs from under a running server. Files
 * are hard links where the file system allows it, so this takes neither space nor time worth mentioning.
 */
export async function installRuntime(source: PlatformPackage, directory: string): Promise<Runtime> {
  const target = join(directory, source.version)
  if (!existsSync(target)) await install(source, target)
  return { version: source.version, major: source.major, bin: join(target, 'bin') }
}

// Built beside its place and renamed, so that a runtime is either complete or absent.
async function install(source: PlatformPackage, target: string): Promise<void> {
  const building = `${target}.${process.pid}.new`
  await rm(building, { recursive: true, force: true })
  await mkdir(building, { recursive: true, mode: 0o755 })
  await chmod(building, 0o755)
  await linkTree(source.native, building)
  await linkLibraries(source.native, building)
  await rename(building, target).catch((error: unknown) => tolerateWinner(error, building))
}

async function tolerateWinner(error: unknown, building: string): Promise<void> {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  await rm(building, { recursive: true, force: true })
}

async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (entry.isFile()) return linkOrCopy(source, target)
      if (!entry.isDirectory()) return
      await mkdir(target)
      await chmod(target, 0o755)
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
