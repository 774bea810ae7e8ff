import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { cli, type Finished, startCli } from './support/cli.ts'
import { Project, readNotes, writeNote } from './support/project.ts'

let project: Project
let database: FreshDatabase
beforeAll(async () => {
  project = await Project.create()
  database = await freshDatabase()
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function run(...args: string[]): Promise<Finished> {
  return cli(args, { cwd: project.cwd, env: { DATABASE_URL: database.url } })
}

describe('migrate', () => {
  it('shows what is pending and changes nothing', async () => {
    for (const _ of [1, 2]) {
      const { code, stdout } = await run('migrate', '--dry-run')
      expect(code).toBe(0)
      expect(stdout).toContain('pending  notes/0001_create_note\n    create table note (')
      expect(stdout).toMatch(/^pending  fulcrum\/0001_idempotency$/m)
      expect(stdout).toMatch(/^\d+ steps pending\.$/m)
    }
  })

  it('is needed before an application with manual migrations starts', async () => {
    const config =
      "import config from './fulcrum.config.ts'\nexport default { ...config, migrations: 'manual' }\n"
    writeFileSync(join(project.cwd, 'manual.config.ts'), config)
    const { code, stderr } = await run('start', '--port', '0', '--config', 'manual.config.ts')
    expect(code).toBe(1)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/ and \d+ more are pending; run `fulcrum migrate`/)
  })

  it('applies it once', async () => {
    const { code, stdout } = await run('migrate')
    expect(code).toBe(0)
    // Fulcrum's own tables come first: adding a note is a command that happens once.
    expect(stdout).toMatch(/^applied  fulcrum\/0001_idempotency\n/)
    expect(stdout).toMatch(/\napplied  notes\/0001_create_note\n\n\d+ steps applied\.\n$/)
    expect((await run('migrate')).stdout).toBe('Nothing to migrate: every step is applied.\n')
  })

  it('prints a document for machines', async () => {
    writeFileSync(
      join(project.cwd, 'modules/notes/migrations/0002_add_author.sql'),
      'alter table note add author text;\n',
    )
    const { stdout } = await run('migrate', '--module', 'notes', '--dry-run', '--json')
    expect(JSON.parse(stdout)).toEqual({
      dryRun: true,
      steps: [
        {
          module: 'notes',
          name: '0002_add_author',
          checksum: expect.any(String) as string,
          state: 'pending',
          transactional: true,
          sql: 'alter table note add author text;\n',
        },
      ],
    })
  })

  it('knows the modules', async () => {
    const { code, stderr } = await run('migrate', '--module', 'note')
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean "notes"?')
  })

  it('says what a step that fails did, and that nothing of it remains', async () => {
    writeFileSync(
      join(project.cwd, 'modules/notes/migrations/0003_wrong.sql'),
      'create table other ();\nselect wrong;\n',
    )
    const { code, stderr } = await run('migrate')
    expect(code).toBe(1)
    expect(stderr).toContain('0003_wrong')
    expect((await run('migrate', '--dry-run')).stdout).toContain('pending  notes/0003_wrong')
    writeFileSync(join(project.cwd, 'modules/notes/migrations/0003_wrong.sql'), 'create table other ();\n')
    expect((await run('migrate')).code).toBe(0)
  })

  it('refuses to run without a database', async () => {
    for (const command of ['migrate', 'start']) {
      const { code, stdout, stderr } = await cli([command], { cwd: project.cwd })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain('FUL-1013')
    }
  })
})

it('start serves on the primary and the replica that it is given', async () => {
  const env = { DATABASE_URL: database.url, DATABASE_REPLICA_URLS: database.replicaUrl }
  await using running = startCli(['start', '--port', '0'], { cwd: project.cwd, env })
  const url = await running.url()
  expect(await writeNote(url, 'Buy milk')).toBe(201)
  await waitFor(async () => {
    const { texts, source } = await readNotes(url)
    return source === 'replica' && texts.includes('Buy milk')
  })
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(0)
})
