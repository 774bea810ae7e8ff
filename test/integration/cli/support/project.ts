import { chmodSync, globSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { random } from '../../../support/parts.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { cli } from './cli.ts'

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

/** A project that `fulcrum init` has written. Disposing of it waits for the end of its embedded cluster, if it has one. */
export class Project implements AsyncDisposable {
  readonly cwd: string
  readonly #top: string

  private constructor(top: string) {
    this.#top = top
    this.cwd = join(top, 'notes')
  }

  /** With the packages of this workspace, as if they were installed. */
  static async create(): Promise<Project> {
    const project = await Project.createBare()
    symlinkSync(modules, join(project.cwd, 'node_modules'))
    return project
  }

  /** Without any package. */
  static async createBare(): Promise<Project> {
    const top = realpathSync(mkdtempSync(join(tmpdir(), 'project-')))
    // PostgreSQL does not run as root, and its own user has to get in.
    chmodSync(top, 0o755)
    const { code, stderr } = await cli(['init', 'notes'], { cwd: top })
    if (code !== 0) throw new Error(stderr)
    return new Project(top)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = (): string[] => globSync('.fulcrum/postgres/**/postmaster.pid', { cwd: this.cwd })
    await waitFor(() => servers().length === 0, { deadline: 20_000, what: 'the end of the embedded cluster' })
    rmSync(this.#top, { recursive: true, maxRetries: 5 })
  }
}

/** Writes a note over HTTP; gives the status. */
export async function writeNote(url: string, text: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': random.uuid() }
  const { status } = await fetch(`${url}/notes`, { method: 'POST', headers, body: JSON.stringify({ text }) })
  return status
}

/** The texts of all notes, newest first, and which node said so. */
export async function readNotes(
  url: string,
): Promise<{ readonly texts: readonly string[]; readonly source: string | null }> {
  const answer = await fetch(`${url}/notes`)
  const { items } = (await answer.json()) as { readonly items: readonly { readonly text: string }[] }
  return { texts: items.map(({ text }) => text), source: answer.headers.get('fulcrum-source') }
}
