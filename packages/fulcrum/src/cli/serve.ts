import type { AppConfig, Environment } from '../app/config.ts'
import type { Address } from './options.ts'
import { showServing } from './show/serving.ts'
import type { StopRequests } from './stop-requests.ts'
import type { Terminal } from './terminal.ts'

export interface Serving {
  readonly config: AppConfig
  readonly env: Environment
  readonly address: Address
  readonly terminal: Terminal
  readonly stop: StopRequests
  /** Awaited when the application is known to hold, before anything of it is started. */
  readonly beforeStart?: () => Promise<void>
  /** Told once it serves. */
  readonly onServing?: () => void
}

/** Runs an application until it is asked to stop; then lets it finish what is in flight. */
export async function serve(serving: Serving): Promise<void> {
  const { config, env, address, stop } = serving
  const { out, err } = serving.terminal
  const { createApp } = await import('../app/create-app.ts')
  const log = (line: string): void => err.line(err.paint('dim', line))
  await using app = createApp(config, { env, log })
  await serving.beforeStart?.()
  if (stop.isRequested) return
  const begun = performance.now()
  await app.start()
  if (stop.isRequested) return
  const { url } = await app.listen(address)
  const took = Math.round(performance.now() - begun)
  const view = { width: out.width, paint: out.paint.bind(out) }
  for (const line of showServing(app, { url, took }, view)) out.line(line)
  serving.onServing?.()
  await stop.requested
  err.line(err.paint('dim', 'stopping: finishing what is in flight; once more to stop at once'))
}
