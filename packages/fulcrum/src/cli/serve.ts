import type { App } from '../app/app.ts'
import type { AppConfig, Environment } from '../app/config.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
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
  const { url } = await listen(app, address)
  const took = Math.round(performance.now() - begun)
  const view = { width: out.width, paint: out.paint.bind(out) }
  for (const line of showServing(app, { url, took }, view)) out.line(line)
  serving.onServing?.()
  await stop.requested
  err.line(err.paint('dim', 'stopping: finishing what is in flight; once more to stop at once'))
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'the address does not belong to this machine',
  EACCES: 'this user may not use it',
  ENOTFOUND: 'the name has no address',
}

async function listen(app: App, { port, host }: Address): Promise<{ readonly url: string }> {
  try {
    return await app.listen({ port, host })
  } catch (cause) {
    const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? '']
    if (reason === undefined) throw cause
    throw fulcrumError('FUL-6006', { port, host, reason, allowed: 'an address that is free' }, { cause })
  }
}
