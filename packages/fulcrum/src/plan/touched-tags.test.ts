import { expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { query } from '../declare/query.ts'
import { tag } from '../declare/tag.ts'
import { touchedTags } from './touched-tags.ts'

const product = tag('product', z.string())
const stock = tag('stock', z.string(), z.string())
const products = tag('products')

const Input = z.object({
  id: z.string(),
  ids: z.array(z.string()),
  at: z.object({ shelf: z.string() }),
  n: z.number(),
})
type Input = z.infer<typeof Input>

function reading(reads: (input: Input) => readonly ReturnType<typeof products>[]): AnyOperation {
  return query('shop.get', { input: Input, reads })
}

it.each([
  ['members', reading(({ id }) => [product(id)]), ['product(id)']],
  ['several arguments', reading(({ id, at }) => [stock(id, at.shelf)]), ['stock(id,at.shelf)']],
  ['collections', reading(() => [products()]), ['products()']],
  ['lists', reading(({ ids }) => ids.map((id) => product(id))), ['product(ids[])']],
  ['lists, spread', reading(({ ids }) => [...ids].map((id) => product(id))), ['product(ids[])']],
  ['texts made of members', reading(({ id }) => [product(`p-${id}`)]), ['product(p-id)']],
])('shows %s', (_, operation, tags) => {
  expect(touchedTags(operation)).toEqual({ verb: 'reads', tags })
})

it('shows what a command changes, by its input and its output', () => {
  const buy = command('shop.buy', {
    input: Input,
    output: z.object({ id: z.string() }),
    changes: ({ id }, output) => [product(id), product(output.id)],
  })
  expect(touchedTags(buy)).toEqual({ verb: 'changes', tags: ['product(id)', 'product(output.id)'] })
})

it('knows when it does not know', () => {
  expect(touchedTags(reading(({ id }) => [product(id.toUpperCase())]))).toEqual({
    verb: 'reads',
    tags: undefined,
  })
  expect(
    touchedTags(
      reading(() => {
        throw new Error('no')
      }),
    ),
  ).toEqual({ verb: 'reads', tags: undefined })
  expect(touchedTags(reading(({ ids }) => ids as never))).toEqual({ verb: 'reads', tags: undefined })
  expect(touchedTags(query('shop.ping', {}))).toBeUndefined()
})
