import type { App } from 'fulcrum/app'
import { type RunningServer, serve } from 'fulcrum/http'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { libraryApp } from '../http/library-app.ts'
import { OpenPage } from './browser.ts'

let database: FreshDatabase
let app: App
let server: RunningServer
let browser: OpenPage
let page: Page
beforeAll(async () => {
  database = await freshDatabase()
  app = await libraryApp({ url: database.url })
  server = await serve(app, { port: 0 })
  browser = await OpenPage.start()
  page = browser.page
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.close()
  await app.close()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  browser.troubles.length = 0
  await page.goto(`${server.url}/docs`)
})

/** Opens the form of an operation, fills it in and sends it; gives what the page shows of the answer. */
async function send(operation: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const article = page.locator(`[id="${operation}"]`)
  await article.getByText('Try it').click()
  for (const [name, value] of Object.entries(fields))
    await article.locator(`form [name="${name}"]`).fill(value)
  await article.getByRole('button', { name: 'Send' }).click()
  await article.locator('.result .status').waitFor()
  return await article.locator('.result').innerText()
}

test('loads whole under its own policy, with every operation on it', async () => {
  await expect(page.title()).resolves.not.toBe('')
  expect(await page.locator('article.operation').count()).toBe(app.operations.length)
  expect(browser.troubles).toEqual([])
})

test('sends a command and shows what a query then answers', async () => {
  const written = await send('library.write', { id: 'a', body: '{ "title": "Emma" }' })
  expect(written).toMatch(/^200 OK/)
  const read = await send('library.get', { id: 'a' })
  expect(read).toMatch(/^200 OK/)
  expect(read).toContain('fulcrum-source: primary')
  expect(read).toContain('"title": "Emma"')
  expect(browser.troubles).toEqual([])
})

test('shows the problem that a refused request is answered with, as text', async () => {
  const answer = await send('library.get', { id: '<img src=x>' })
  expect(answer).toMatch(/^404/)
  expect(answer).toContain('library.BookNotFound')
  expect(await page.locator('.result img').count()).toBe(0)
})

test('finds operations by what is typed', async () => {
  await page.keyboard.press('/')
  await page.keyboard.type('rewrite')
  const shown = page.locator('nav .group li:visible')
  expect(await shown.allInnerTexts()).toEqual(['rewrite\nPOST'])
  await page.keyboard.press('Enter')
  expect(new URL(page.url()).hash).toBe('#desk.rewrite')
})

test('copies a request that works where the page came from', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const panel = page.locator('[id="library.get"] .code').first()
  await panel.getByRole('button', { name: 'Copy' }).click()
  await panel.getByRole('button', { name: 'Copied' }).waitFor()
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  expect(copied).toMatch(/^curl /)
  expect(copied).toContain(server.url)
})
