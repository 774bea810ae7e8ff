// The process that `fulcrum dev` starts for each version of the application.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppConfig } from '../../app/config.ts'
import { type FulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { withDevelopmentStore } from '../development-store.ts'
import { withEmptiedStore } from '../emptied-store.ts'
import { loadConfig } from '../load-config.ts'
import { serve } from '../serve.ts'
import { showError } from '../show/error.ts'
import { StopRequests } from '../stop-requests.ts'
import { processTerminal, survivePipes } from '../terminal.ts'
import { reportLoadedFiles } from './loaded-files.ts'
import type { AppProcessSettings, Order, Report } from './messages.ts'

/** Errors that lie outside of the files of the application. */
const HOPELESS: readonly FulcrumError['code'][] = ['FUL-7001', 'FUL-6006']

const settings = JSON.parse(process.argv[2] ?? '') as AppProcessSettings
const terminal = processTerminal()

function report(message: Report): void {
  if (process.connected) process.send?.(message)
}

async function run(stop: StopRequests): Promise<void> {
  const allowed = Promise.withResolvers<void>()
  process.on('message', (order: Order) => (order.type === 'serve' ? allowed.resolve() : stop.request()))
  process.on('disconnect', () => stop.request())
  const config = await loadForDevelopment()
  report({ type: 'folders', folders: config.modules.flatMap(({ migrations }) => folderOf(migrations)) })
  const { port, host } = settings
  const beforeStart = async (): Promise<void> => {
    report({ type: 'loaded' })
    await Promise.race([allowed.promise, stop.requested])
  }
  const onServing = (): void => report({ type: 'serving' })
  await serve({ config, env: process.env, address: { port, host }, terminal, stop, beforeStart, onServing })
}

async function loadForDevelopment(): Promise<AppConfig> {
  const config = await withDevelopmentStore(await loadConfig(settings.config), process.env)
  return settings.fresh ? withEmptiedStore(config, process.env) : config
}

function folderOf(migrations: AppConfig['modules'][number]['migrations']): string[] {
  if (migrations instanceof URL) return [fileURLToPath(migrations)]
  return typeof migrations === 'string' ? [resolve(migrations)] : []
}

function fail(error: unknown): void {
  const { err } = terminal
  const view = { verbose: settings.verbose, width: err.width, paint: err.paint.bind(err) }
  for (const line of showError(error, view)) err.line(line)
  process.exitCode = 1
  if (!isFulcrumError(error) || !HOPELESS.includes(error.code)) return
  report({ type: 'hopeless', code: error.code === 'FUL-6006' ? 2 : 1 })
}

survivePipes(() => true)
reportLoadedFiles((files) => report({ type: 'files', files }))
using stop = new StopRequests()
await run(stop).catch(fail)
// Only what belongs to the application may still be active now, and it is over.
process.disconnect?.()
process.exit()
