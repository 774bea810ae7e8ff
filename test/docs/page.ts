import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { parseBlocks } from './blocks.ts'
import { applyDiff } from './diff.ts'
import { containsStated, difference, isAsStated, isQuoteOf } from './expectation.ts'
import { Folder, REPOSITORY } from './folder.ts'
import { Ports } from './ports.ts'
import { type Ended, type Running, Shell } from './shell.ts'
import { type Setting, type Step, stepsOf } from './steps.ts'
import { INTERRUPT, type Turn } from './transcript.ts'

/** How long something in the background may take to end after Ctrl-C. */
const STOP_MS = 20_000

export interface PageOptions {
  /** What commands find in their environment, besides that of this process. */
  readonly env?: NodeJS.ProcessEnv
}

/** Does everything that a page tells its reader to do. Throws at the first thing that does not work as the page says. */
export async function runPage(text: string, options: PageOptions = {}): Promise<void> {
  const steps = stepsOf(parseBlocks(text))
  await using folder = new Folder()
  await using reader = new Reader(folder, await Ports.choose(), options)
  for (const step of steps) await reader.follow(step)
  await reader.finish()
}

/** Follows a page, step by step. Types are checked before anything runs that was changed since the last time. */
class Reader implements AsyncDisposable {
  readonly #folder: Folder
  readonly #ports: Ports
  readonly #shell: Shell
  readonly #background: Running[] = []
  #directory: string
  #unchecked = false

  constructor(folder: Folder, ports: Ports, { env = {} }: PageOptions) {
    this.#folder = folder
    this.#ports = ports
    this.#directory = folder.path
    this.#shell = new Shell({ scratch: folder.scratch, env: environment(ports, env) })
  }

  async follow(step: Step): Promise<void> {
    try {
      await this.#do(step)
    } catch (error) {
      throw new Error(`line ${step.line}: ${(error as Error).message}`, { cause: error })
    }
  }

  /** What is left to check, and the end of what still runs. */
  async finish(): Promise<void> {
    await this.#checkTypes()
    for (let last = this.#background.pop(); last !== undefined; last = this.#background.pop()) {
      await last.interrupt(STOP_MS)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#background.map((running) => running.interrupt(STOP_MS)))
  }

  async #do(step: Step): Promise<void> {
    if (step.do === 'parse') JSON.parse(step.text)
    if (step.do === 'quote') requireQuote(step.file, step.text)
    if (step.do === 'write') await this.#write(step.file, step.text)
    if (step.do === 'edit') await this.#edit(step.file, step.text)
    if (step.do === 'run') await this.#run(step)
    if (step.do === 'talk') await this.#talk(step.turns, step.setting)
  }

  async #write(file: string, text: string): Promise<void> {
    this.#folder.write(file, this.#directory, this.#ports.toFree(text))
    if (file.endsWith('.json')) JSON.parse(text)
    if (/\.m?js$/.test(file)) await this.#checkSyntax(file)
    if (file.endsWith('.ts')) this.#unchecked = true
  }

  #edit(file: string, diff: string): Promise<void> {
    const text = this.#folder.read(file, this.#directory)
    return this.#write(file, applyDiff(text, this.#ports.toFree(diff)))
  }

  async #run({ file, text, output, setting }: Extract<Step, { do: 'run' }>): Promise<void> {
    await this.#write(file, text)
    await this.#checkTypes()
    const ended = await this.#command(`node ${file}`, this.#directory, setting.timeout)
    requireOutput(ended, { stated: output ?? '…', exit: setting.exit })
  }

  async #talk(turns: readonly Turn[], setting: Setting): Promise<void> {
    await this.#checkTypes()
    for (const [index, { command, output: stated }] of turns.entries()) {
      const isLast = index === turns.length - 1
      if (command === INTERRUPT) await this.#interrupt(stated)
      else if (isLast && setting.background) await this.#start(command, stated, setting)
      else await this.#say(command, stated, { ...setting, exit: isLast ? setting.exit : 0 })
    }
  }

  async #say(command: string, stated: string, { exit, timeout, inRepository }: Setting): Promise<void> {
    const directory = inRepository ? REPOSITORY : this.#directory
    const ended = await this.#command(command, directory, timeout)
    if (!inRepository) this.#directory = ended.directory
    requireOutput(ended, { stated: stated.trim() === '' ? '…' : stated, exit })
  }

  async #start(command: string, stated: string, { timeout, inRepository }: Setting): Promise<void> {
    const directory = inRepository ? REPOSITORY : this.#directory
    const running = this.#shell.start(this.#ports.toFree(command), directory)
    this.#background.push(running)
    const printed = (): string => this.#ports.toNamed(running.output)
    const end = performance.now() + timeout
    while (!containsStated(stated, printed())) {
      if (running.isOver) throw new Error(`it ended by itself\n${difference(stated, printed())}`)
      if (performance.now() > end)
        throw new Error(`not within ${timeout} ms\n${difference(stated, printed())}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async #interrupt(stated: string): Promise<void> {
    const running = this.#background.pop()
    if (running === undefined) throw new Error('nothing runs in the background')
    const output = this.#ports.toNamed((await running.interrupt(STOP_MS)).output)
    if (!containsStated(stated, output)) throw new Error(difference(stated, output))
  }

  async #command(command: string, directory: string, timeout: number): ReturnType<Shell['run']> {
    const ended = await this.#shell.run(this.#ports.toFree(command), directory, timeout)
    return { ...ended, output: this.#ports.toNamed(ended.output) }
  }

  async #checkSyntax(file: string): Promise<void> {
    requireOutput(await this.#command(`node --check ${file}`, this.#directory, 30_000), { stated: '' })
  }

  async #checkTypes(): Promise<void> {
    if (!this.#unchecked) return
    this.#unchecked = false
    const { typesConfig, path } = this.#folder
    const ended = await this.#command(`tsc --pretty false -p ${typesConfig}`, path, 60_000)
    requireOutput(ended, { stated: '' })
  }
}

function requireQuote(file: string, text: string): void {
  if (isQuoteOf(text, readFileSync(join(REPOSITORY, file), 'utf8'))) return
  throw new Error(`${file} does not contain\n${text}`)
}

function environment(ports: Ports, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const bin = join(REPOSITORY, 'node_modules', '.bin')
  return {
    ...process.env,
    NODE_ENV: undefined,
    HOST: undefined,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    PORT: ports.of('4000'),
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    NO_PROXY: '127.0.0.1,localhost',
    // A page that needs a package which is not here has to fail, not to fetch it.
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
    npm_config_loglevel: 'error',
    ...env,
  }
}

function requireOutput(
  { code, output }: Ended,
  { stated, exit = 0 }: { readonly stated: string; readonly exit?: number },
): void {
  if (code !== exit) throw new Error(`exit code ${code} instead of ${exit}\n${difference(stated, output)}`)
  if (!isAsStated(stated, output)) throw new Error(difference(stated, output))
}
