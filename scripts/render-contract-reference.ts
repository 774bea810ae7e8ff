// Writes docs/reference/contract.md from the table of contract fields. A test fails while the page differs from the table.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderContractReference } from '../packages/fulcrum/src/declare/contract/reference.ts'

const page = fileURLToPath(new URL('../docs/reference/contract.md', import.meta.url))
mkdirSync(dirname(page), { recursive: true })
writeFileSync(page, renderContractReference())
console.log(`Wrote ${page}`)
