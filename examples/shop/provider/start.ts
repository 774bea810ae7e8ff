import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface RunningProvider extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Starts the provider as a process of its own, on a free port of loopback. */
export async function startProvider(): Promise<RunningProvider> {
  // Nobody else's environment: `PORT` is the shop's.
  const child = fork(new URL('./main.ts', import.meta.url), { env: {} })
  const exited = once(child, 'exit')
  const [url] = (await Promise.race([once(child, 'message'), exited.then(failed)])) as [string]
  const stop = async (): Promise<void> => {
    child.kill()
    await exited
  }
  return { url, pid: child.pid as number, stop, [Symbol.asyncDispose]: stop }
}

function failed(): never {
  throw new Error('the payment provider did not start')
}
