import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** Editors save in several steps; what happens within this time is one change. */
const SETTLE_MS = 80

const SOURCES = /\.(ts|mts|cts|js|mjs|cjs|json|sql)$/

/**
 * Watches the folders of known files, because editors replace files instead of writing to them, and tells about changes to those files. After
 * a failed load every source in these folders counts: the missing one may be about to appear.
 */
export class WatchedFiles {
  readonly #onChange: (file: string) => void
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()
  readonly #watchers = new Map<string, FSWatcher>()
  #settling: NodeJS.Timeout | undefined
  /** Whether any source in a watched folder counts, not only known files. */
  anySource = false

  constructor(onChange: (file: string) => void) {
    this.#onChange = onChange
  }

  add(files: readonly string[]): void {
    for (const file of files) {
      this.#files.add(file)
      this.#watch(dirname(file))
    }
  }

  /** Folders of which every source counts. */
  addFolders(folders: readonly string[]): void {
    for (const folder of folders.map((each) => resolve(each))) {
      this.#folders.add(folder)
      this.#watch(folder)
    }
  }

  /** Opens all watches again: a folder that was replaced by another of its name would not be heard any more. */
  refresh(): void {
    const folders = [...this.#watchers.keys()]
    this.#closeAll()
    for (const folder of folders) this.#watch(folder)
  }

  close(): void {
    clearTimeout(this.#settling)
    this.#closeAll()
  }

  #closeAll(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, (_, name) => this.#heard(folder, name))
      watcher.on('error', () => this.#forget(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      // It is gone; the load that needs it says so.
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }

  #heard(folder: string, name: string | null): void {
    if (name === null || !this.#counts(folder, name)) return
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#onChange(join(folder, name)), SETTLE_MS)
  }

  #counts(folder: string, name: string): boolean {
    if (this.#files.has(join(folder, name))) return true
    const isFolderItself = name === basename(folder)
    return isFolderItself || (SOURCES.test(name) && (this.anySource || this.#folders.has(folder)))
  }
}
