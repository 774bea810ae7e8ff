import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../support/wait-for.ts'

export const REPOSITORY: string = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')

/** The strict settings that every page has to pass. */
const TYPES = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noFallthroughCasesInSwitch: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['project'],
  exclude: ['**/node_modules'],
}

/**
 * The empty folder of a page's reader, in which the packages of this workspace can be imported. Disposing of it waits for the embedded
 * cluster that the page may have started in it.
 */
export class Folder implements AsyncDisposable {
  readonly #top: string
  /** Where the page's files are. */
  readonly path: string
  /** Where the test's own are. */
  readonly scratch: string
  readonly typesConfig: string

  constructor() {
    // Real, because commands print the real path; open, because PostgreSQL does not run as root and has to get in.
    this.#top = realpathSync(mkdtempSync(join(tmpdir(), 'fulcrum-page-')))
    chmodSync(this.#top, 0o755)
    this.path = join(this.#top, 'project')
    this.scratch = join(this.#top, 'scratch')
    this.typesConfig = join(this.#top, 'tsconfig.json')
    mkdirSync(this.path)
    mkdirSync(this.scratch)
    writeFileSync(join(this.path, 'package.json'), '{ "type": "module" }')
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.path, 'node_modules'))
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.#top, 'node_modules'))
    writeFileSync(this.typesConfig, JSON.stringify(TYPES))
  }

  /** Writes a file for somebody who is in `directory`. */
  write(file: string, directory: string, text: string): void {
    const path = this.#within(file, directory)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.endsWith('\n') ? text : `${text}\n`)
  }

  read(file: string, directory: string): string {
    return readFileSync(this.#within(file, directory), 'utf8')
  }

  #within(file: string, directory: string): string {
    const path = join(directory, file)
    if (!path.startsWith(`${this.path}/`)) throw new Error(`${file} is not in the folder of the page`)
    return path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await waitFor(() => this.#servers().length === 0, {
      deadline: 20_000,
      what: 'the embedded cluster is down',
    })
    rmSync(this.#top, { recursive: true, force: true, maxRetries: 10 })
  }

  #servers(): string[] {
    const found = globSync('**/.fulcrum/postgres/*/postmaster.pid', {
      cwd: this.path,
      exclude: ['**/node_modules/**'],
    })
    return found.filter((file) => existsSync(join(this.path, file)))
  }
}
