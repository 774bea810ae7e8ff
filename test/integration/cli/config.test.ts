import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cli, type Finished, fixture } from './support/cli.ts'

let cwd: string
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'config-'))))
afterEach(() => rmSync(cwd, { recursive: true }))

async function check(config: string): Promise<Finished> {
  writeFileSync(join(cwd, 'fulcrum.config.ts'), config)
  return cli(['check'], { cwd })
}

describe('a configuration that cannot be loaded', () => {
  it('has a syntax error: shows where', async () => {
    const { code, stderr } = await check('export default {\n  modules: [)],\n}\n')
    expect(code).toBe(1)
    expect(stderr).toContain('FUL-6002')
    expect(stderr).toContain('fulcrum.config.ts:2')
  })

  it('uses syntax that cannot be erased', async () => {
    const { code, stderr } = await check(
      'enum Colour { Red }\nexport default { modules: [], c: Colour.Red }\n',
    )
    expect(code).toBe(1)
    expect(stderr).toContain('FUL-6002')
    expect(stderr).toContain('enum')
  })

  it('imports what is not there: names it and who imports it', async () => {
    const { code, stderr } = await check("import './modules/orders.ts'\nexport default { modules: [] }\n")
    expect(code).toBe(1)
    expect(stderr).toMatch(/FUL-6002.*modules\/orders\.ts.*fulcrum\.config\.ts/s)
  })

  it('throws: shows what, and the line in the application', async () => {
    const { code, stderr } = await check('\nthrow new TypeError("not today")\n')
    expect(code).toBe(1)
    expect(stderr).toContain('not today')
    expect(stderr).toContain('fulcrum.config.ts:2')
    expect(stderr).not.toContain('node:internal')
  })

  it('throws: shows everything with --verbose', async () => {
    writeFileSync(join(cwd, 'fulcrum.config.ts'), 'throw new TypeError("not today")\n')
    const { stderr } = await cli(['check', '--verbose'], { cwd })
    expect(stderr).toContain('node:internal')
  })

  it.each([
    ['', 'nothing'],
    ['export const config = 1', 'nothing'],
    ['export default 7', '7'],
    ['export default {}', '{}'],
  ])('exports no configuration: %j', async (text, found) => {
    const { code, stderr } = await check(`${text}\nexport {}\n`)
    expect(code).toBe(1)
    expect(stderr).toContain('FUL-6003')
    expect(stderr).toContain(`exports ${found} as its default`)
  })
})

describe('where a configuration is looked for', () => {
  it('may be JavaScript', async () => {
    writeFileSync(join(cwd, 'fulcrum.config.mjs'), 'export default { modules: [] }\n')
    expect((await cli(['check'], { cwd })).stdout).toBe('ok  0 operations in 0 modules hold.\n')
  })

  it('may be named, relative to the working directory', async () => {
    const named = join(fixture('greetings'), 'fulcrum.config.ts')
    expect((await cli(['check', '--config', named], { cwd })).code).toBe(0)
    expect((await cli(['check', '-c', 'fulcrum.config.ts'], { cwd: fixture('greetings') })).code).toBe(0)
  })

  it('is a part of the application that is checked too', async () => {
    const { code, stderr } = await check('export default { modules: [], nane: "Shop" }\n')
    expect(code).toBe(1)
    expect(stderr).toContain('Did you mean "name"?')
  })
})
