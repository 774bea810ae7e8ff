// Writes docs/reference/errors.md from the error table. A test fails while the page differs from the table.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderErrorReference } from '../packages/fulcrum/src/kernel/errors/reference.ts'

const page = fileURLToPath(new URL('../docs/reference/errors.md', import.meta.url))
mkdirSync(dirname(page), { recursive: true })
writeFileSync(page, renderErrorReference())
console.log(`Wrote ${page}`)
