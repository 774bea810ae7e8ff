import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CONTRACT_FIELDS } from './fields.ts'
import { renderContractReference } from './reference.ts'

const page = new URL('../../../../../docs/reference/contract.md', import.meta.url)

it('is the page in docs (node scripts/render-contract-reference.ts)', () => {
  expect(readFileSync(page, 'utf8')).toBe(renderContractReference())
})

it('has every field once', () => {
  const lines = renderContractReference().split('\n')
  for (const { path } of CONTRACT_FIELDS) {
    const entries = lines.filter((line) => line === `### \`${path}\`` || line.startsWith(`- \`${path}\` (`))
    expect(entries, path).toHaveLength(1)
  }
})
