import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { besides, findUnfinished, makeSharedDirectory, remove } from './files.ts'
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
 * Puts the platform package's programs into `<directory>/<version>`, once; not for several processes at the same time. The package is
 * not used in place, for three reasons: under a checkout that only its owner may enter, PostgreSQL's account does not reach it; its
 * install script, which makes the links between its libraries, is often blocked; and reinstalling packages must not pull the programs
 * from under a running server. Files are hard links where the file system allows it, so this takes no space and some 30 ms.
 */
export function installRuntime(source: PlatformPackage, directory: string): Runtime {
  const target = join(directory, source.version)
  if (!existsSync(target)) install(source, target)
  return { version: source.version, major: source.major, bin: join(target, 'bin') }
}

// Built beside its place and renamed, so that a runtime is either complete or absent.
function install(source: PlatformPackage, target: string): void {
  makeSharedDirectory(dirname(target))
  for (const left of findUnfinished(dirname(target), /./)) remove(left)
  const building = besides(target, 'new')
  linkTree(source.native, building)
  linkLibraries(source.native, building)
  renameSync(building, target)
}

function linkTree(from: string, to: string): void {
  makeSharedDirectory(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isFile()) linkOrCopy(source, target)
    if (entry.isDirectory()) linkTree(source, target)
  }
}

// A hard link shares its permissions with the original, so a file that others may not use has to be copied.
function linkOrCopy(source: string, target: string): void {
  const { mode } = statSync(source)
  const needed = (mode & 0o100) === 0 ? 0o004 : 0o005
  if ((mode & needed) === needed && tryLink(source, target)) return
  copyFileSync(source, target, constants.COPYFILE_FICLONE)
  chmodSync(target, needed === 0o004 ? 0o644 : 0o755)
}

// Another file system, or one without hard links, or a file of somebody else under fs.protected_hardlinks.
function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target)
    return true
  } catch {
    return false
  }
}

function linkLibraries(native: string, target: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as LibraryLink[]
  for (const { source, target: name } of links) {
    symlinkSync(relative(dirname(name), source), join(target, relative('native', name)))
  }
}
