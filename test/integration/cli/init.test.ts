import { spawn } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { freePort } from '../../support/free-port.ts'
import { cli, RunningCli } from './support/cli.ts'
import { Project, readNotes, writeNote } from './support/project.ts'

const packageHome = fileURLToPath(new URL('../../../packages/fulcrum', import.meta.url))

/** npm as a newcomer runs it: without the programs of this workspace. */
function npm(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): RunningCli {
  const outside = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'))
  const path = [dirname(process.execPath), ...outside].join(':')
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(registry|cache|userconfig))|DATABASE_|INIT_CWD|PORT$)/i.test(name),
  )
  const child = spawn('npm', args, {
    cwd,
    env: { ...Object.fromEntries(kept), PATH: path, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  return new RunningCli(child)
}

async function npmEnds(args: readonly string[], cwd: string): Promise<string> {
  const running = npm(args, cwd)
  const code = await running.ended
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${String(code)}:\n${running.output}`)
  return running.output
}

/** Has the project depend on what would be published from this workspace. */
async function usePacked(cwd: string): Promise<void> {
  await npmEnds(['pack', '--ignore-scripts', '--pack-destination', cwd], packageHome)
  const [tarball] = globSync('fulcrum-*.tgz', { cwd })
  const file = join(cwd, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> }
  manifest.dependencies['fulcrum'] = `file:${tarball}`
  writeFileSync(file, JSON.stringify(manifest, undefined, 2))
}

it('writes a project that installs, passes its own test and checks, and serves', async () => {
  await using project = await Project.createBare()
  await usePacked(project.cwd)
  await npmEnds(['install', '--prefer-offline', '--no-audit', '--no-fund'], project.cwd)
  expect(await npmEnds(['test'], project.cwd)).toMatch(/pass 3\n/)
  expect(await npmEnds(['run', 'check'], project.cwd)).toContain('ok  3 operations in 1 module hold.')

  await using running = npm(['start'], project.cwd, { PORT: String(await freePort()) })
  const url = await running.url()
  expect(await writeNote(url, 'Buy milk')).toBe(201)
  await waitFor(async () => (await readNotes(url)).texts.includes('Buy milk'))
  // As Ctrl-C does: the signal reaches the whole group.
  process.kill(-(running.child.pid as number), 'SIGINT')
  await running.ended
  expect(running.stderr).toContain('stopping')
}, 240_000)

it('says what it wrote, for machines', async () => {
  await using project = await Project.createBare()
  const { code, stdout } = await cli(['init', 'again', '--json'], project)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ name: 'again', directory: join(project.cwd, 'again') })
  const refused = await cli(['init', 'again'], project)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('FUL-6005')
})
