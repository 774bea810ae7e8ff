import type { Disposer } from '../kernel/disposal.ts'
import type { App } from './app.ts'
import type { AppConfig } from './config.ts'

/** Starts what the application needs beside its modules, to be stopped by the disposer. */
export async function startServices(
  app: App,
  { services = [] }: AppConfig,
  disposer: Disposer,
): Promise<void> {
  for (const { name, start } of services) {
    const stop = await start(app)
    if (typeof stop === 'function') disposer.use(name, stop)
  }
}
