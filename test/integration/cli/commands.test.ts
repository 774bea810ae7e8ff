import { describe, expect, it } from 'vitest'
import { cli, fixture, startCli } from './support/cli.ts'

const sound = { cwd: fixture('greetings') }
const refused = { cwd: fixture('refused') }

describe('check', () => {
  it('says how much holds', async () => {
    expect(await cli(['check'], sound)).toEqual({
      code: 0,
      stdout: 'ok  3 operations in 1 module hold.\n',
      stderr: '',
    })
  })

  it('lists everything that is refused, and ends with 1', async () => {
    const { code, stdout, stderr } = await cli(['check'], refused)
    expect([code, stdout]).toEqual([1, ''])
    await expect(stderr).toMatchFileSnapshot('snapshots/check-refused.txt')
  })

  it('does both for machines', async () => {
    const good = await cli(['check', '--json'], sound)
    expect(good.code).toBe(0)
    expect(JSON.parse(good.stdout)).toEqual({ ok: true, operations: 3, modules: 1, errors: [] })
    const bad = await cli(['check', '--json'], refused)
    expect([bad.code, bad.stderr]).toEqual([1, ''])
    await expect(bad.stdout).toMatchFileSnapshot('snapshots/check-refused.json')
  })
})

describe('modules', () => {
  const several = { cwd: fixture('modules') }

  it('lists the edges between modules', async () => {
    const { code, stdout, stderr } = await cli(['modules'], several)
    expect([code, stderr]).toEqual([0, ''])
    await expect(stdout).toMatchFileSnapshot('snapshots/modules.txt')
  })

  it('lists those of one module, for machines', async () => {
    const { code, stdout } = await cli(['modules', 'mail', '--json'], several)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      modules: ['inventory', 'orders', 'advice', 'mail'],
      edges: [
        {
          kind: 'event',
          from: 'mail.onOrderPlaced',
          to: 'orders.OrderPlaced',
          how: 'is told of orders.OrderPlaced',
          modules: ['mail', 'orders'],
        },
      ],
      errors: [],
    })
  })

  it('refuses to extract over a transactional edge, naming both ends, and ends with 1', async () => {
    const { code, stdout, stderr } = await cli(['modules', '--extract', 'inventory'], several)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Module inventory cannot be extracted for 1 reason:')
    expect(stderr).toContain('orders.place joins inventory.reserve into its transaction')
    const json = await cli(['modules', '--extract', 'inventory', '--json'], several)
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      extract: 'inventory',
      ok: false,
      errors: [{ code: 'FUL-1040', operation: 'orders.place', params: { callee: 'inventory.reserve' } }],
    })
  })

  it('says what becomes of the edges of a module that can be extracted', async () => {
    const { code, stdout } = await cli(['modules', '--extract', 'advice'], several)
    expect(code).toBe(0)
    expect(stdout).toContain('Module advice can be extracted: 1 call over HTTP')
  })

  it('suggests a name and ends with 2 when it does not know the module', async () => {
    for (const args of [['mial'], ['--extract', 'mial']]) {
      const { code, stderr } = await cli(['modules', ...args], several)
      expect(code).toBe(2)
      expect(stderr).toContain('Did you mean "mail"?')
    }
  })
})

describe('explain', () => {
  it('explains every operation', async () => {
    const { code, stdout, stderr } = await cli(['explain'], sound)
    expect([code, stderr]).toEqual([0, ''])
    await expect(stdout).toMatchFileSnapshot('snapshots/explain.txt')
  })

  it('explains one, for machines', async () => {
    const { code, stdout } = await cli(['explain', 'greetings.greet', '--json'], sound)
    expect(code).toBe(0)
    await expect(stdout).toMatchFileSnapshot('snapshots/explain.json')
  })

  it('explains a module', async () => {
    const all = await cli(['explain'], sound)
    expect(await cli(['explain', 'greetings'], sound)).toEqual(all)
  })

  it('suggests a name and ends with 2 when it does not know the one given', async () => {
    const { code, stdout, stderr } = await cli(['explain', 'greetings.great'], sound)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Did you mean "greetings.greet"?')
  })

  it('refuses what check refuses', async () => {
    const { code, stderr } = await cli(['explain'], refused)
    expect(code).toBe(1)
    expect(stderr).toBe((await cli(['check'], refused)).stderr)
  })
})

describe('output', () => {
  it('has colours only where they are wanted', async () => {
    const escape = '\u001B['
    const plain = await cli(['explain'], { ...sound, env: { NO_COLOR: undefined } })
    expect(plain.stdout).not.toContain(escape)
    const forced = await cli(['explain'], { ...sound, env: { NO_COLOR: undefined, FORCE_COLOR: '1' } })
    expect(forced.stdout).toContain(escape)
    const both = await cli(['explain'], { ...sound, env: { NO_COLOR: '1', FORCE_COLOR: undefined } })
    expect(both.stdout).toBe(plain.stdout)
  })

  it('may be closed before everything is written', async () => {
    const running = startCli(['explain', '--json'], sound)
    running.child.stdout?.destroy()
    expect([await running.ended, running.stderr]).toEqual([0, ''])
  })
})

it('says what to do on a Node that is too old', async () => {
  const older =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.1" } })'
  const node = ['--import', `data:text/javascript,${encodeURIComponent(older)}`]
  const { code, stdout, stderr } = await cli(['--help'], { ...sound, node })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('fulcrum needs Node >= 22.19')
})
