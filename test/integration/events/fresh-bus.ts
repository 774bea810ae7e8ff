import type { App } from 'fulcrum/app'
import pg from 'pg'
import { afterEach, beforeEach } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

/** What each test of a file has anew: a database, a client of it, and the applications that it starts on it, which are closed behind it. */
export class FreshBus {
  #database: FreshDatabase | undefined
  #client: pg.Client | undefined
  #apps: App[] = []

  constructor() {
    beforeEach(() => this.#open())
    afterEach(() => this.#close())
  }

  get url(): string {
    if (this.#database === undefined) throw new Error('no test is running')
    return this.#database.url
  }

  get client(): pg.Client {
    if (this.#client === undefined) throw new Error('no test is running')
    return this.#client
  }

  /** Closes it when the test is over. */
  async use(starting: Promise<App>): Promise<App> {
    const app = await starting
    this.#apps.push(app)
    return app
  }

  /** Closes it now. */
  async stop(app: App): Promise<void> {
    this.#apps = this.#apps.filter((each) => each !== app)
    await app.close()
  }

  async #open(): Promise<void> {
    this.#database = await freshDatabase()
    this.#client = new pg.Client({ connectionString: this.#database.url })
    await this.#client.connect()
  }

  async #close(): Promise<void> {
    await Promise.all(this.#apps.splice(0).map((app) => app.close()))
    await this.#client?.end()
    await this.#database?.[Symbol.asyncDispose]()
  }
}
