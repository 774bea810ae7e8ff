import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AnyModule, checkModules } from './check-modules.ts'
import { moduleOf } from './checks/names.ts'
import { command } from './command.ts'
import { error } from './error.ts'
import { event } from './event.ts'
import { job } from './job.ts'
import { module, type On } from './module.ts'
import type { AnyOperation, CommandSignature } from './operation.ts'
import { query } from './query.ts'

/** Declarations as JavaScript could write them: what the types refuse has to be refused at boot as well. */
const loose = {
  query: query as (name: string, definition: object) => AnyOperation,
  command: command as (name: string, definition: object) => AnyOperation,
  error: error as (name: string, definition: object) => ReturnType<typeof error>,
  module: module as (name: string, definition: object) => AnyModule,
}

const handler = (): undefined => undefined

/** One module per prefix, with a handler for each operation. */
function modulesOf(...operations: readonly AnyOperation[]): AnyModule[] {
  const byModule = Map.groupBy(operations, ({ name }) => moduleOf(name))
  return Array.from(byModule, ([name, own]) => {
    return module(name, { handlers: (on) => own.map((operation) => on(operation, handler)) })
  })
}

/** Name of the error, its field, the operation that it names. */
type Refusal = readonly [name: string, field: string | undefined, operation: string | undefined]

function refusals(modules: readonly AnyModule[]): Refusal[] {
  return checkModules(modules).map(({ name, field, operation }) => [name, field, operation])
}

const Id = z.object({ id: z.uuid() })
const Gone = error('shop.Gone', { status: 410, data: Id })
const Sold = event('shop.Sold', Id)
const count = query('stock.count', {})
const reserve = command('stock.reserve', { input: Id })
const relaxed = command('stock.relaxed', { contract: { transaction: { isolation: 'read committed' } } })
const batched = command('stock.batched', { contract: { throughput: { batch: { size: 10, wait: '5ms' } } } })
const coalesced = query('stock.coalesced', { contract: { throughput: { coalesce: true } } })
const stepwise = command('stock.stepwise', { contract: { idempotency: { key: 'header' }, steps: {} } })
const conditional = command('stock.conditional', { contract: { transaction: { ifMatch: true } } })

/** A command that is answered before it is carried out. */
function acceptedModule(definition: object): AnyModule[] {
  const throughput = { batch: { size: 10, wait: '5ms' }, acknowledge: 'accepted' }
  const accepted = loose.command('stock.accepted', { ...definition, contract: { throughput } })
  return [
    loose.module('stock', { handlers: (on: On<unknown>) => [on(accepted, { many: handler } as never)] }),
  ]
}

/** Two commands of different modules that join each other; built by hand, since neither can be declared before the other. */
function circle(): AnyModule[] {
  const joins: CommandSignature[] = []
  const first: CommandSignature = Object.freeze({
    ...command('a.one', {}),
    contract: { transaction: { joins } },
  })
  const second = command('b.two', { contract: { transaction: { joins: [first] } } })
  joins.push(second)
  return modulesOf(first, second)
}

interface RuleCase {
  readonly rule: string
  readonly modules: readonly AnyModule[]
  readonly refused: Refusal
}

function operationCase(
  rule: string,
  operation: AnyOperation,
  [name, field]: readonly [string, string?],
): RuleCase {
  return { rule, modules: modulesOf(operation), refused: [name, field, operation.name] }
}

const NAMES: readonly RuleCase[] = [
  ...['Shop', 'my-shop', '1shop', '', 'public', 'pg_shop', 'fulcrum', 'order', 'a'.repeat(64)].map(
    (name) => ({
      rule: `module name '${name}'`,
      modules: [module(name, { handlers: () => [] })],
      refused: ['InvalidValue', 'name', name] as const,
    }),
  ),
  operationCase('operation name in camelCase', loose.query('shop.Get', {}), ['InvalidValue', 'name']),
  operationCase('operation name of two parts', loose.query('shop.get.all', {}), ['InvalidValue', 'name']),
  {
    rule: 'error name in PascalCase',
    modules: modulesOf(query('shop.get', { errors: [error('shop.gone', { status: 410 })] })),
    refused: ['InvalidValue', 'name', 'shop.gone'],
  },
  {
    rule: 'modules once',
    modules: [...modulesOf(query('shop.get', {})), ...modulesOf(query('shop.list', {}))],
    refused: ['DuplicateName', undefined, 'shop'],
  },
  {
    rule: 'one operation per name',
    modules: modulesOf(query('shop.get', {}), query('shop.get', {})),
    refused: ['DuplicateName', undefined, 'shop.get'],
  },
  {
    rule: 'one error per name',
    modules: modulesOf(query('shop.get', { errors: [Gone, error('shop.Gone', { status: 404 })] })),
    refused: ['DuplicateName', undefined, 'shop.Gone'],
  },
  {
    rule: 'one operation per route',
    modules: modulesOf(
      query('shop.get', { input: Id, http: 'GET /shops/:id' }),
      query('shop.find', { input: z.object({ name: z.string() }), http: 'GET /shops/:name' }),
    ),
    refused: ['DuplicateRoute', 'http', 'shop.find'],
  },
]

const MODULES: readonly RuleCase[] = [
  { rule: 'a module', modules: [undefined as never], refused: ['InvalidValue', 'modules[0]', 'modules[0]'] },
  {
    rule: 'no unknown field of a module',
    modules: [loose.module('shop', { handler: [], handlers: () => [] })],
    refused: ['UnknownField', 'handler', 'shop'],
  },
  {
    rule: "a query builder's handle",
    modules: [loose.module('shop', { db: 'kysely', handlers: () => [] })],
    refused: ['InvalidValue', 'db', 'shop'],
  },
  {
    rule: 'migrations',
    modules: [loose.module('shop', { migrations: 1, handlers: () => [] })],
    refused: ['InvalidValue', 'migrations', 'shop'],
  },
  {
    rule: 'rows are functions by table',
    modules: [module('shop', { rows: { shop: [] as never }, handlers: () => [] })],
    refused: ['InvalidValue', 'rows', 'shop'],
  },
  {
    rule: 'a subscriber is named after its module',
    modules: [module('shop', { handlers: (on) => [on(Sold, handler, { name: 'stock.onSold' })] })],
    refused: ['UnknownHandler', undefined, 'stock.onSold'],
  },
  {
    rule: 'one subscriber of a name',
    modules: [module('shop', { handlers: (on) => [on(Sold, handler), on(Sold, handler)] })],
    refused: ['DuplicateName', undefined, 'shop.onSold'],
  },
  {
    rule: 'fields of a subscriber',
    modules: [module('shop', { handlers: (on) => [on(Sold, handler, { inputs: 1 } as never)] })],
    refused: ['UnknownField', 'inputs', 'shop.onSold'],
  },
  {
    rule: 'events that a subscriber emits are of its module',
    modules: [module('stock', { handlers: (on) => [on(Sold, handler, { emits: [Sold] as never })] })],
    refused: ['Contradiction', 'emits', 'stock.onSold'],
  },
  {
    rule: 'delivery of a subscriber',
    modules: [
      module('shop', {
        handlers: (on) => [on(Sold, handler, { contract: { delivery: { attempts: 0 } } })],
      }),
    ],
    refused: ['InvalidValue', 'delivery.attempts', 'shop.onSold'],
  },
  {
    rule: "handlers of the module's own operations",
    modules: [module('shop', { handlers: (on) => [on(reserve, handler)] })],
    refused: ['UnknownHandler', undefined, 'stock.reserve'],
  },
  {
    rule: 'one handler for each operation',
    modules: [module('stock', { handlers: (on) => [on(reserve, handler), on(reserve, handler)] })],
    refused: ['UnknownHandler', undefined, 'stock.reserve'],
  },
  {
    rule: 'handlers of signatures',
    modules: [module('stock', { handlers: (on) => [on(Gone as never, handler as never)] })],
    refused: ['UnknownHandler', undefined, 'shop.Gone'],
  },
  {
    rule: 'a handler is a function',
    modules: [module('stock', { handlers: (on) => [on(reserve, undefined as never)] })],
    refused: ['UnknownHandler', undefined, 'stock.reserve'],
  },
  {
    rule: 'a bulk form is a function',
    modules: [module('stock', { handlers: (on) => [on(count, handler, { many: [] as never })] })],
    refused: ['UnknownHandler', undefined, 'stock.count'],
  },
  {
    rule: 'only queries have a bulk form',
    modules: [module('stock', { handlers: (on) => [on(reserve, handler, { many: handler as never })] })],
    refused: ['UnknownHandler', undefined, 'stock.reserve'],
  },
  {
    rule: 'a batched command is bound by its form for many',
    modules: modulesOf(batched),
    refused: ['Contradiction', 'throughput.batch', 'stock.batched'],
  },
  {
    rule: 'a batched command has no handler beside its form',
    modules: [module('stock', { handlers: (on) => [on(batched, handler, { many: handler as never })] })],
    refused: ['Contradiction', 'throughput.batch', 'stock.batched'],
  },
  {
    rule: 'the form of a batched command is a function',
    modules: [module('stock', { handlers: (on) => [on(batched, { many: [] as never })] })],
    refused: ['UnknownHandler', undefined, 'stock.batched'],
  },
  {
    rule: 'a form for many needs throughput.batch',
    modules: [module('stock', { handlers: (on) => [on(reserve, { many: handler })] })],
    refused: ['UnknownHandler', undefined, 'stock.reserve'],
  },
  {
    rule: 'the form of a subscriber for many events is a function',
    modules: [module('stock', { handlers: (on) => [on(Sold, { many: [] as never })] })],
    refused: ['UnknownHandler', undefined, 'stock.onSold'],
  },
  {
    rule: 'no unknown form of a subscriber',
    modules: [
      loose.module('stock', {
        handlers: (on: On<unknown>) => [on(Sold, { many: handler, few: 1 } as never)],
      }),
    ],
    refused: ['UnknownField', 'few', 'stock.onSold'],
  },
  {
    rule: 'a form for many events is called once for all',
    modules: [
      module('stock', {
        handlers: (on) => [on(Sold, { many: handler }, { contract: { delivery: { concurrency: 4 } } })],
      }),
    ],
    refused: ['Contradiction', 'delivery.concurrency', 'stock.onSold'],
  },
  {
    rule: 'reads are read together by a bulk form',
    modules: modulesOf(coalesced),
    refused: ['Contradiction', 'throughput.coalesce', 'stock.coalesced'],
  },
  {
    rule: 'an accepted command has no output',
    modules: acceptedModule({ output: Id, status: 202 }),
    refused: ['Contradiction', 'output', 'stock.accepted'],
  },
  {
    rule: 'an accepted command has no errors',
    modules: acceptedModule({ errors: [Gone] }),
    refused: ['Contradiction', 'errors', 'stock.accepted'],
  },
  {
    rule: 'an accepted command answers with 202',
    modules: acceptedModule({ status: 201 }),
    refused: ['Contradiction', 'status', 'stock.accepted'],
  },
  {
    rule: 'no unknown form of a batched command',
    modules: [module('stock', { handlers: (on) => [on(batched, { many: handler, one: handler } as never)] })],
    refused: ['UnknownField', 'one', 'stock.batched'],
  },
  {
    rule: 'no unknown form of a handler',
    modules: [module('stock', { handlers: (on) => [on(count, handler, { mani: handler } as never)] })],
    refused: ['UnknownField', 'mani', 'stock.count'],
  },
]

const FACTS: readonly RuleCase[] = [
  ...[200, 500, 399, 404.5, '404'].map((status) => ({
    rule: `error status ${show(status)}`,
    modules: modulesOf(loose.query('shop.get', { errors: [loose.error('shop.Bad', { status })] })),
    refused: ['InvalidValue', 'status', 'shop.Bad'] as const,
  })),
  ...[405, 408, 431, 499].map((status) => ({
    rule: `reserved error status ${status}`,
    modules: modulesOf(query('shop.get', { errors: [error('shop.Bad', { status })] })),
    refused: ['Contradiction', 'status', 'shop.Bad'] as const,
  })),
  ...(
    [
      ['no unknown field of an error', { status: 404, dta: Id }, ['UnknownField', 'dta']],
      ['title of an error', { status: 404, title: '' }, ['InvalidValue', 'title']],
      ['data of an error is a schema', { status: 404, data: {} }, ['InvalidValue', 'data']],
      ['data of an error is an object', { status: 404, data: z.string() }, ['InvalidValue', 'data']],
      [
        'members of a problem',
        { status: 404, data: z.object({ detail: z.string() }) },
        ['Contradiction', 'data.detail'],
      ],
    ] as const
  ).map(([rule, definition, [name, field]]) => ({
    rule,
    modules: modulesOf(loose.query('shop.get', { errors: [loose.error('shop.Bad', definition)] })),
    refused: [name, field, 'shop.Bad'] as const,
  })),
  {
    rule: 'data of an event is a schema',
    modules: modulesOf(command('shop.buy', { emits: [event('shop.Sold', {} as never)] })),
    refused: ['InvalidValue', 'data', 'shop.Sold'],
  },
]

function show(value: unknown): string {
  return JSON.stringify(value)
}

const JOINS: readonly RuleCase[] = [
  {
    rule: 'joins of loaded modules',
    modules: modulesOf(command('shop.buy', { contract: { transaction: { joins: [reserve] } } })),
    refused: ['UnknownReference', 'transaction.joins', 'shop.buy'],
  },
  {
    rule: 'joins of the very declaration',
    modules: modulesOf(
      command('shop.buy', { contract: { transaction: { joins: [reserve] } } }),
      command('stock.reserve', {}),
    ),
    refused: ['DuplicateName', undefined, 'shop.buy'],
  },
  {
    rule: 'joins of other modules',
    modules: modulesOf(reserve, command('stock.move', { contract: { transaction: { joins: [reserve] } } })),
    refused: ['Contradiction', 'transaction.joins', 'stock.move'],
  },
  {
    rule: 'joins of no stronger isolation',
    modules: modulesOf(
      reserve,
      command('shop.buy', { contract: { transaction: { isolation: 'repeatable read', joins: [reserve] } } }),
    ),
    refused: ['Contradiction', 'transaction.isolation', 'shop.buy'],
  },
  {
    rule: 'joins of no conditional commands',
    modules: modulesOf(
      conditional,
      command('shop.buy', { contract: { transaction: { joins: [conditional] } } }),
    ),
    refused: ['Contradiction', 'transaction.joins', 'shop.buy'],
  },
  {
    rule: 'joins of no runs of steps',
    modules: modulesOf(stepwise, command('shop.buy', { contract: { transaction: { joins: [stepwise] } } })),
    refused: ['Contradiction', 'transaction.joins', 'shop.buy'],
  },
  {
    rule: 'joins without a circle',
    modules: circle(),
    refused: ['Contradiction', 'transaction.joins', 'a.one'],
  },
]

describe.each([
  ['names', NAMES],
  ['modules', MODULES],
  ['facts', FACTS],
  ['joins', JOINS],
])('rules over %s refuse', (_, cases) => {
  it.each(cases)('$rule', ({ modules, refused }) => {
    expect(refusals(modules)).toContainEqual(refused)
  })
})

describe('what is right is not refused', () => {
  const Product = z.object({ id: z.uuid(), price: z.object({ amount: z.int() }), tags: z.array(z.string()) })
  const accepted: readonly (readonly [string, readonly AnyModule[]])[] = [
    ['nothing at all', []],
    ['an operation without anything', modulesOf(query('shop.ping', {}))],
    [
      'scalars, optional ones and lists in a query string',
      modulesOf(
        query('shop.list', {
          input: z.object({
            limit: z.coerce.number().default(10),
            after: z.string().optional(),
            sort: z.enum(['name', 'price']).nullable(),
            tags: z.array(z.string()).optional(),
            any: z.union([z.string(), z.number()]),
          }),
          http: 'GET /shops',
        }),
      ),
    ],
    [
      'a nested input over POST',
      modulesOf(query('shop.search', { input: Product, http: 'POST /shops/search' })),
    ],
    [
      'a transform on the way out of the input',
      modulesOf(
        query('shop.get', { input: z.object({ id: z.string().transform(Number) }), http: 'GET /shops/:id' }),
      ),
    ],
    [
      'path parameters of every variant',
      modulesOf(
        command('shop.pay', {
          input: z.discriminatedUnion('by', [
            z.object({ by: z.literal('card'), id: z.string(), card: z.string() }),
            z.object({ by: z.literal('bank'), id: z.string(), iban: z.string() }),
          ]),
          http: 'POST /shops/:id/payments',
          contract: { idempotency: 'none' },
        }),
      ),
    ],
    [
      'one path with several methods',
      modulesOf(
        query('shop.get', { input: Id, http: 'GET /shops/:id' }),
        command('shop.close', { input: Id, http: 'DELETE /shops/:id', contract: { idempotency: 'none' } }),
      ),
    ],
    [
      'an error of several operations',
      modulesOf(query('shop.get', { errors: [Gone] }), command('shop.buy', { errors: [Gone] })),
    ],
    [
      'a join of weaker isolation',
      modulesOf(relaxed, command('shop.buy', { contract: { transaction: { joins: [relaxed] } } })),
    ],
    [
      'classes of nested fields, through lists and references',
      modulesOf(
        query('shop.get', {
          output: z.object({ items: z.array(z.object({ product: Product.meta({ id: 'Product' }) })) }),
          contract: { data: { fields: { 'items.product.price.amount': 'financial' } } },
        }),
      ),
    ],
    [
      'a batched command with its form',
      [module('stock', { handlers: (on) => [on(batched, { many: handler })] })],
    ],
    [
      'a query whose reads are read together, with its bulk form',
      [module('stock', { handlers: (on) => [on(coalesced, handler, { many: () => [] })] })],
    ],
    ['a command that is accepted', acceptedModule({})],
    ['a command that is accepted with 202', acceptedModule({ status: 202 })],
    ['a valibot schema in process', modulesOf(query('shop.get', { input: v.object({ id: v.string() }) }))],
  ]
  it.each(accepted)('%s', (_, modules) => {
    expect(checkModules(modules).map(({ message }) => message)).toEqual([])
  })
})

it('reports everything at once, rules over one operation in the order of the operations', () => {
  const [first, second] = [loose.query('shop.one', { status: 99 }), loose.query('shop.two', { summary: '' })]
  expect(refusals(modulesOf(first, second))).toEqual([
    ['InvalidValue', 'status', 'shop.one'],
    ['InvalidValue', 'summary', 'shop.two'],
  ])
})

describe('what a handler calls of other modules', () => {
  const read = query('shop.read', {})
  const own = query('shop.own', {})
  const sell = command('shop.sell', {})
  const work = job('shop.work', {})
  const pay = command('shop.pay', { contract: { steps: {}, idempotency: { key: 'header' } } })
  const stock = modulesOf(count, reserve)

  function calling(target: AnyOperation, calls: unknown): Refusal[] {
    const bound = (on: On<unknown>) => [on(own, handler), on(target, handler as never, { calls } as never)]
    return refusals([...stock, loose.module('shop', { handlers: bound })])
  }

  it('is declared with the handler', () => {
    expect(calling(read, [count])).toEqual([])
    expect(calling(sell, [count])).toEqual([])
    expect(calling(work, [count, reserve])).toEqual([])
    expect(calling(pay, [count, reserve])).toEqual([])
  })

  it('is a list of signatures of other modules that such a handler may call', () => {
    for (const calls of ['stock.count', [undefined], ['stock.count'], [own], [reserve], [Sold]])
      expect(calling(read, calls)).toEqual([['InvalidValue', 'calls', 'shop.read']])
    expect(calling(sell, [reserve])).toEqual([['InvalidValue', 'calls', 'shop.sell']])
  })

  it('is loaded, and is what was loaded', () => {
    expect(calling(read, [query('gone.query', {})])).toEqual([['UnknownReference', 'calls', 'shop.read']])
    expect(calling(read, [query('stock.count', {})])).toEqual([['DuplicateName', undefined, 'shop.read']])
  })
})
