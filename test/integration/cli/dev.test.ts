import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { freePort } from '../../support/free-port.ts'
import { answers, cli, fixture, type RunningCli, startCli } from './support/cli.ts'

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const deadline = 20_000

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'dev-'))
  cpSync(fixture('greetings'), cwd, { recursive: true })
  symlinkSync(modules, join(cwd, 'node_modules'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

function write(file: string, text: string): void {
  writeFileSync(join(cwd, file), text)
}

/** Saves as many editors do: beside the file, then in its place. */
function replace(file: string, text: string): void {
  write(`${file}.tmp`, text)
  renameSync(join(cwd, `${file}.tmp`), join(cwd, file))
}

const greeting = (text: string): string => `export const text = '${text}'\n`

async function greet(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/greeting`)
  return ((await answer.json()) as { readonly text?: string }).text
}

/** Waits until the address answers with this greeting. */
async function expectGreeting(url: string, text: string): Promise<void> {
  await waitFor(async () => (await greet(url)) === text, { deadline, what: `the greeting ${text}` })
}

async function startDev(...args: string[]): Promise<{ readonly running: RunningCli; readonly url: string }> {
  // The same one for all versions of the application.
  const running = startCli(['dev', '--port', String(await freePort()), ...args], { cwd })
  return { running, url: await running.url() }
}

describe('dev', () => {
  it('serves the new version after a change, however the file is saved', async () => {
    const { running, url } = await startDev()
    await using _ = running
    expect(await greet(url)).toBe('Hello')
    write('greetings/text.ts', greeting('Moin'))
    await expectGreeting(url, 'Moin')
    replace('greetings/text.ts', greeting('Servus'))
    await expectGreeting(url, 'Servus')
    expect(running.stderr).toContain(`changed: ${join('greetings', 'text.ts')}`)
  })

  it('goes on with the old version while the new one does not load, and recovers', async () => {
    const { running, url } = await startDev()
    await using _ = running
    write('greetings/text.ts', 'export const text = \n')
    await running.printed(/the last version that works goes on serving/)
    expect(running.stderr).toContain('FUL-6002')
    expect(running.stderr).toContain('text.ts:')
    expect(await greet(url)).toBe('Hello')
    write('greetings/text.ts', greeting('Ahoj'))
    await expectGreeting(url, 'Ahoj')
  })

  it('goes on with the old version while a contract is refused', async () => {
    const { running, url } = await startDev()
    await using _ = running
    write('greetings/text.ts', greeting('Never'))
    write(
      'fulcrum.config.ts',
      "import greetings from './greetings/module.ts'\nexport default { modules: [greetings], nane: 1 }\n",
    )
    await running.printed(/Did you mean "name"/)
    await running.printed(/goes on serving/)
    expect(await greet(url)).toBe('Hello')
  })

  it('notices that a missing file has come', async () => {
    const { running, url } = await startDev()
    await using _ = running
    write('greetings/text.ts', "export { text } from './other.ts'\n")
    await running.printed(/other\.ts/)
    await running.printed(/goes on serving/)
    write('greetings/other.ts', greeting('Hej'))
    await expectGreeting(url, 'Hej')
  })

  it('does not care about type errors', async () => {
    const { running, url } = await startDev()
    await using _ = running
    write('greetings/text.ts', "export const text: number = 'Hola'\n")
    await expectGreeting(url, 'Hola')
  })

  it('waits for a change when even the first version does not load', async () => {
    write('greetings/text.ts', 'export const text = \n')
    await using running = startCli(['dev', '--port', '0'], { cwd })
    await running.printed(/waiting for a change/)
    write('greetings/text.ts', greeting('Ciao'))
    await expectGreeting(await running.url(), 'Ciao')
  })

  it('serves again after a version that ended by itself is corrected', async () => {
    const { running, url } = await startDev()
    await using _ = running
    write('greetings/text.ts', `${greeting('Bye')}setTimeout(() => { throw new Error('boom') }, 200)\n`)
    await running.printed(/boom/)
    await running.printed(/ended; waiting for a change/)
    write('greetings/text.ts', greeting('Hallo'))
    await expectGreeting(url, 'Hallo')
  })

  it('stops on a signal and leaves no process behind', async () => {
    const { running, url } = await startDev()
    await using _ = running
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(await answers(url)).toBe(false)
  })

  it('leaves no process behind when it is killed', async () => {
    const { running, url } = await startDev()
    await using _ = running
    running.child.kill('SIGKILL')
    await waitFor(async () => !(await answers(url)), { deadline, what: 'the application to end' })
    expect(await answers(url)).toBe(false)
  })

  it('ends when no change could help', async () => {
    const { running, url } = await startDev()
    await using _ = running
    const { code, stderr } = await cli(['dev', '--port', new URL(url).port], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('FUL-7001')
    const fresh = await cli(['dev', '--port', '0', '--fresh'], { cwd })
    expect(fresh.code).toBe(2)
    expect(fresh.stderr).toContain('--fresh is given')
  })
})
