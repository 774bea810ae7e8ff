import { expect, test } from 'vitest'
import { Ports } from './ports.ts'

test('ports that a page names become free ones, and back', async () => {
  const ports = await Ports.choose()
  const said = 'PORT=4000 curl http://127.0.0.1:4000/ localhost:3000'
  const run = ports.toFree(said)
  expect(run).not.toMatch(/[34]000/)
  expect(run).toContain(`http://127.0.0.1:${ports.of('4000')}/`)
  expect(ports.toNamed(run)).toBe(said)
})

test('digits in ids and larger numbers stay', async () => {
  const ports = await Ports.choose()
  const ids = 'a0000000-0000-4000-8000-000000000042 14000 4000000 v4000'
  expect(ports.toFree(ids)).toBe(ids)
})
