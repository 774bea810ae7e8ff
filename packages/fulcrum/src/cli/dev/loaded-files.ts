import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const own = new URL('../../../', import.meta.url).href

/** Reports every file that is loaded from now on, except dependencies and Fulcrum itself; several at a time. */
export function reportLoadedFiles(report: (files: readonly string[]) => void): void {
  let files: string[] = []
  const flush = (): void => {
    report(files)
    files = []
  }
  registerHooks({
    load(url, context, next) {
      if (isApplication(url)) {
        if (files.length === 0) queueMicrotask(flush)
        files.push(fileURLToPath(url))
      }
      return next(url, context)
    },
  })
}

function isApplication(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(own)
}
