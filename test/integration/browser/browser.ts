import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { folderOf } from '../../support/system-program.ts'

// Without them Chromium asks hosts on the internet for updates and field trials, which a test has no business with.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A page in Debian's Chromium, and everything that went wrong on it: errors of scripts, what a policy forbade, failed requests. */
export class OpenPage {
  readonly page: Page
  readonly troubles: string[] = []
  readonly #context: BrowserContext
  readonly #profile: string

  private constructor(context: BrowserContext, page: Page, profile: string) {
    this.#context = context
    this.#profile = profile
    this.page = page
    page.on('pageerror', (error) => this.troubles.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.troubles.push(message.text())
    })
    page.on('requestfailed', (request) => this.troubles.push(`no answer from ${request.url()}`))
  }

  static async start(): Promise<OpenPage> {
    const profile = await mkdtemp(join(tmpdir(), 'fulcrum-browser-'))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: join(await folderOf('chromium'), 'chromium'),
      args: FLAGS,
    })
    return new OpenPage(context, context.pages()[0] ?? (await context.newPage()), profile)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
    await rm(this.#profile, { recursive: true, force: true })
  }
}
