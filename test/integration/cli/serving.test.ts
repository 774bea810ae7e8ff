import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { freePort } from '../../support/free-port.ts'
import { answers, cli, fixture, startCli } from './support/cli.ts'

const cwd = fixture('greetings')

async function inFlight(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^fulcrum_calls_in_flight(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1] ?? 0)
}

/** Starts a request that takes `ms` and resolves when the handler runs. */
async function begin(url: string, ms: number): Promise<{ readonly answer: Promise<number | string> }> {
  const answer = fetch(`${url}/slow/${ms}`).then(
    ({ status }) => status,
    () => 'broken',
  )
  await waitFor(async () => (await inFlight(url)) > 0, { what: 'the request to be in flight' })
  return { answer }
}

describe('start', () => {
  it('serves where it says, names what to try, and stops on a signal', async () => {
    await using running = startCli(['start', '--port', '0'], { cwd })
    const url = await running.url()
    expect(await (await fetch(`${url}/greetings/Ada`)).json()).toEqual({ text: 'Hello, Ada' })
    const [, tried] = /try +curl (\S+)/.exec(running.stdout) ?? []
    expect(await (await fetch(tried as string)).json()).toEqual({ text: 'Hello' })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(await answers(url)).toBe(false)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what is in flight on %s', async (signal) => {
    await using running = startCli(['start', '--port', '0'], { cwd })
    const { answer } = await begin(await running.url(), 1_500)
    running.child.kill(signal)
    expect(await answer).toBe(200)
    expect(await running.ended).toBe(0)
  })

  it('takes signals that come together for one', async () => {
    await using running = startCli(['start', '--port', '0'], { cwd })
    const { answer } = await begin(await running.url(), 1_000)
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    await running.printed(/stopping/)
    running.child.kill('SIGTERM')
    expect([await answer, await running.ended]).toEqual([200, 0])
  })

  it('ends at once on another signal', async () => {
    await using running = startCli(['start', '--port', '0'], { cwd })
    const { answer } = await begin(await running.url(), 30_000)
    const begun = performance.now()
    // Signals until it ends: the ones of the first half second are one request.
    const again = setInterval(() => running.child.kill('SIGINT'), 100)
    const code = await running.ended
    clearInterval(again)
    expect([code, await answer]).toEqual([130, 'broken'])
    expect(performance.now() - begun).toBeGreaterThan(450)
  })

  it('reads PORT and HOST, and prefers the options', async () => {
    const port = await freePort()
    await using running = startCli(['start'], { cwd, env: { PORT: String(port), HOST: 'localhost' } })
    expect(await running.url()).toMatch(new RegExp(`:${port}$`))
    await using other = startCli(['start', '--port', '0'], { cwd, env: { PORT: String(port) } })
    expect(await other.url()).not.toMatch(new RegExp(`:${port}$`))
  })

  it('says that a port is taken, and leaves nothing running', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await cli(['start', '--port', String(port)], { cwd })
    server.close()
    expect(code).toBe(1)
    expect(stderr).toContain('FUL-7001')
    expect(stderr).toContain(`port ${port} of 127.0.0.1`)
  })

  it('refuses what cannot be kept before it listens', async () => {
    const { code, stdout, stderr } = await cli(['start', '--port', '0'], { cwd: fixture('refused') })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('The application is refused for 3 reasons')
  })

  it('goes on serving when nobody reads its output any more', async () => {
    await using running = startCli(['start', '--port', '0'], { cwd })
    const url = await running.url()
    running.child.stdout?.destroy()
    running.child.stderr?.destroy()
    // Stopping writes a line; the request that it waits for is answered all the same.
    const { answer } = await begin(url, 1_000)
    running.child.kill('SIGTERM')
    expect([await answer, await running.ended]).toEqual([200, 0])
  })
})
