import { describe, expect, it } from 'vitest'
import { runProgram } from './main.ts'
import type { Page } from './terminal.ts'

class Recorder implements Page {
  readonly lines: string[] = []
  readonly width = 100

  line(text = ''): void {
    this.lines.push(text)
  }

  paint(_: string, text: string): string {
    return text
  }

  get text(): string {
    return this.lines.join('\n')
  }
}

async function run(
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const terminal = { out: new Recorder(), err: new Recorder() }
  const code = await runProgram(args, { terminal, env: {}, directory: import.meta.dirname, verbose: false })
  return { code, out: terminal.out.text, err: terminal.err.text }
}

describe('help', () => {
  const commands = ['dev', 'start', 'explain', 'check', 'modules', 'migrate', 'jobs', 'steps', 'init']

  it('of the program', async () => {
    const { code, out, err } = await run('--help')
    expect([code, err]).toEqual([0, ''])
    await expect(out).toMatchFileSnapshot('help/fulcrum.txt')
  })

  it.each(commands)('of %s', async (command) => {
    const { code, out, err } = await run(command, '--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('Examples:')
    await expect(out).toMatchFileSnapshot(`help/${command}.txt`)
  })

  it('is the same as `fulcrum help <command>`', async () => {
    expect(await run('help', 'check')).toEqual(await run('check', '--help'))
  })
})

describe('wrong use', () => {
  it.each([
    [['chek'], 'Did you mean check?'],
    [['check', '--jsn'], 'Did you mean --json?'],
    [['explain', 'a', 'b'], 'too many arguments'],
    [['start', '--port'], 'argument missing'],
    [['start', '--port', 'http'], 'FUL-6006'],
    [[], 'Usage: fulcrum'],
  ])('%j ends with 2 and says why', async (args, why) => {
    const { code, out, err } = await run(...args)
    expect(err).toContain(why)
    expect([code, out]).toEqual([2, ''])
  })
})

it('prints its version', async () => {
  const { code, out } = await run('--version')
  expect(code).toBe(0)
  expect(out).toMatch(/^\d+\.\d+\.\d+$/)
})

it.each([['start'], ['dev'], ['explain'], ['check'], ['migrate']])(
  '%s says where it looked for a configuration',
  async (command) => {
    const { code, err } = await run(command)
    expect(code).toBe(1)
    expect(err).toContain('FUL-6001')
    expect(err).toContain(import.meta.dirname)
  },
)

it('names a configuration that was asked for and is not there', async () => {
  const { code, err } = await run('check', '--config', 'elsewhere.ts')
  expect(code).toBe(1)
  expect(err).toContain('elsewhere.ts does not exist')
})
