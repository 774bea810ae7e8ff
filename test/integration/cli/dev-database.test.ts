import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { freePort } from '../../support/free-port.ts'
import { cli, type RunningCli, startCli } from './support/cli.ts'
import { Project, readNotes, writeNote } from './support/project.ts'

/** Runs a command that serves, does something with it, and stops it as Ctrl-C does. */
async function withServer(
  args: readonly string[],
  cwd: string,
  work: (url: string, running: RunningCli) => Promise<void>,
): Promise<void> {
  await using running = startCli([...args, '--port', String(await freePort())], { cwd })
  const url = await running.url()
  await work(url, running).catch((cause: unknown) => {
    throw new Error(`${String(cause)}; fulcrum ${args.join(' ')} printed:\n${running.output}`, { cause })
  })
  running.child.kill('SIGINT')
  expect(await running.ended).toBe(0)
}

it('dev brings a PostgreSQL with a replica, keeps its data, and throws it away only when asked', async () => {
  await using project = await Project.create()
  const { cwd } = project
  await withServer(['dev'], cwd, async (url) => {
    expect(await writeNote(url, 'Buy milk')).toBe(201)
    await waitFor(async () => (await readNotes(url)).source === 'replica', { deadline: 20_000 })
  })
  await withServer(['dev'], cwd, async (url) => {
    expect((await readNotes(url)).texts).toEqual(['Buy milk'])
  })
  await withServer(['dev', '--fresh'], cwd, async (url, running) => {
    expect((await readNotes(url)).texts).toEqual([])
    expect(await writeNote(url, 'Stay')).toBe(201)
    // Only the first version of the application begins with nothing.
    const migration = join(cwd, 'modules/notes/migrations/0002_add_author.sql')
    writeFileSync(migration, 'alter table note add author text;\n')
    await running.printed(/migrated notes: 0002_add_author/)
    await waitFor(async () => (await readNotes(url)).texts.includes('Stay'), { deadline: 20_000 })
  })
}, 120_000)

it('start throws the data of a configured embedded PostgreSQL away only when asked', async () => {
  await using project = await Project.create()
  const { cwd } = project
  const config = join(cwd, 'fulcrum.config.ts')
  const own = readFileSync(config, 'utf8').replace(
    /store: [^]*\n}\)/,
    'store: embedded({ replicas: 0 }),\n})',
  )
  writeFileSync(config, `import { embedded } from 'fulcrum/embedded'\n${own}`)
  await withServer(['start'], cwd, async (url) => {
    expect(await writeNote(url, 'Buy milk')).toBe(201)
  })
  await withServer(['start'], cwd, async (url) => {
    expect((await readNotes(url)).texts).toEqual(['Buy milk'])
  })
  await withServer(['start', '--fresh'], cwd, async (url) => {
    expect((await readNotes(url)).texts).toEqual([])
  })
}, 120_000)

it('check and explain plan for that database and connect to nothing', async () => {
  await using project = await Project.create()
  expect((await cli(['check'], project)).stdout).toBe('ok  3 operations in 1 module hold.\n')
  expect(await targetOfList(project.cwd)).toBe('replica')
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' }
  expect(await targetOfList(project.cwd, env)).toBe('primary')
})

/** Where the plan has the list of notes read. */
async function targetOfList(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { stdout, stderr } = await cli(['explain', 'notes.list', '--json'], { cwd, env })
  expect(stderr).toBe('')
  const [operation] = JSON.parse(stdout) as [{ readonly stages: readonly { readonly target?: string }[] }]
  return operation.stages.find(({ target }) => target !== undefined)?.target
}
