import { expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import { error } from '../declare/error.ts'
import { query } from '../declare/query.ts'
import { tag } from '../declare/tag.ts'
import { plan } from './compile-plan.ts'
import { explain, explainJson } from './explain.ts'
import type { ModuleFacts } from './module-facts.ts'

const shop: ModuleFacts = { name: 'shop', db: { builder: 'kysely' }, migrations: undefined }
const store = { name: 'PostgreSQL', replicas: true, pipelining: true, positions: true, changeStream: false }

const Id = z.object({ id: z.uuid() })
const product = tag('product', z.uuid())
const NotFound = error('shop.ProductNotFound', { status: 404, data: Id })
const SoldOut = error('shop.SoldOut', { status: 409, data: Id })
const reserve = command('stock.reserve', { input: Id })

const getProduct = query('shop.get', {
  summary: 'A product',
  input: Id,
  output: Id,
  errors: [NotFound],
  http: 'GET /products/:id',
  reads: ({ id }) => [product(id)],
  contract: {
    consistency: 'eventual',
    latency: { deadline: '250ms', expect: '5ms' },
    data: { class: 'public' },
    slo: { availability: 99.95, latency: { under: '50ms', target: 99 } },
    because: 'ADR-0003',
  },
})

const buy = command('shop.buy', {
  input: Id,
  errors: [SoldOut, NotFound],
  http: 'POST /products/:id/purchases',
  changes: ({ id }) => [product(id)],
  contract: {
    idempotency: { key: 'header' },
    transaction: { joins: [reserve], ifMatch: 'optional' },
    because: ['ADR-0002', 'ADR-0005'],
  },
})

it('explains a query', () => {
  expect(`\n${explain(plan(getProduct, shop, { store }), getProduct)}\n`).toMatchInlineSnapshot(`
    "
    shop.get  query  GET /products/:id
      A product

      promises
        Consistency  Eventual: reads a healthy replica, otherwise the primary. \`Fulcrum-Source\` says
                     which.
                     Gives up: the certainty that the latest changes are in the answer.
        Deadline     Answers within 250ms, or with 504 and its statements cancelled. A caller may ask
                     for less with \`Fulcrum-Deadline\`.
        Objective    99.95 % of calls succeed, 99 % finish under 50ms, over 30d.
        Data         Carries public data.
        Decision     See \`ADR-0003\`.

      touches
        reads  product(id)

      plan, outermost first
        1 deadline  latency.deadline is 250ms: a call that takes longer is ended with 504 and its
                    statement is cancelled on the server
        2 route     consistency is eventual: it reads on a healthy replica, on the primary while there
                    is none; latency.expect is 5ms: it shares pipelined connections with other short
                    reads until observed time says otherwise. A call that runs no statement connects to
                    nothing
        3 run       the handler of the query, with validated input; its output is validated when it is
                    produced

      what callers see when it fails
        404 shop.ProductNotFound  Product not found
        400 FUL-2001              The input is invalid
        500 FUL-3000              Internal error
        503 FUL-3002              A part that the operation needs is unavailable
        503 FUL-3003              The server is shutting down
        503 FUL-3005              The connection to the database was lost
        504 FUL-3001              The deadline has passed
    "
  `)
})

it('explains a command', () => {
  expect(`\n${explain(plan(buy, shop, { store }), buy)}\n`).toMatchInlineSnapshot(`
    "
    shop.buy  command  POST /products/:id/purchases

      promises
        Transaction             One serializable transaction: it takes effect as if it ran alone,
                                entirely or not at all. These run inside it: \`stock.reserve\`.
                                Gives up: speed under contention: after a conflict it is run again, and
                                answers 503 when no attempt got through.
        Idempotency             Takes effect once for each caller and \`Idempotency-Key\`: for 1d a
                                repetition gets the answer of the first call, with \`Idempotent-Replay:
                                true\`; while that runs, it is answered with 409. The same key with
                                another input is answered with 422.
                                Gives up: one row of storage for each call, and the work of writing and
                                looking for it.
        Optimistic concurrency  Compares \`If-Match\` with the current version and answers 412 when they
                                differ.
        Deadline                Answers within 1s, or with 504 and its statements cancelled. A caller
                                may ask for less with \`Fulcrum-Deadline\`.
        Decision                See \`ADR-0002\`, \`ADR-0005\`.

      touches
        changes  product(id)

      plan, outermost first
        1 deadline      no latency.deadline is declared: over HTTP a call has 1s, in process the budget
                        that its caller gives it
        2 precondition  transaction.ifMatch is 'optional': a request that brings If-Match with an old
                        version is refused with 412
        3 invalidate    after COMMIT the session is told what it has written, and cached answers with
                        the changed tags are dropped here and, as far as the news travels, everywhere;
                        no promise depends on its arrival
        4 idempotency   a call of the same principal with the same Idempotency-Key takes effect once: a
                        repetition gets the first answer for 1d, is refused with 409 while the first
                        call runs, and is refused with 422 where its input is another one
        5 retry         a transaction that is serializable is run again after serialization failures and
                        deadlocks (40001, 40P01), with jitter and within the deadline; nothing of the
                        failed attempt remains
        6 transaction   one transaction on the primary, serializable by default: everything or nothing;
                        stock.reserve may run inside it
        7 record        the answer is kept in the transaction of its effects, in the message of the
                        COMMIT: it is there exactly when they are
        8 run           the handler of the command, with validated input; its output is validated when
                        it is produced

      what callers see when it fails
        404 shop.ProductNotFound  Product not found
        409 shop.SoldOut          Sold out
        400 FUL-2001              The input is invalid
        400 FUL-2014              The command needs an idempotency key
        409 FUL-2016              The same call is still running
        412 FUL-2008              The resource has changed
        422 FUL-2015              The idempotency key belongs to another request
        500 FUL-3000              Internal error
        500 FUL-3006              It is unknown whether the change was made
        503 FUL-3002              A part that the operation needs is unavailable
        503 FUL-3003              The server is shutting down
        503 FUL-3004              Too much contention
        503 FUL-3005              The connection to the database was lost
        504 FUL-3001              The deadline has passed
    "
  `)
})

it('explains an operation without a contract, on a store that has little', () => {
  const ping = query('shop.ping', {})
  const modest = { name: 'memory', replicas: false, pipelining: false, positions: false, changeStream: false }
  expect(`\n${explain(plan(ping, shop, { store: modest }), ping)}\n`).toMatchInlineSnapshot(`
    "
    shop.ping  query  not over HTTP

      promises
        Consistency  Strong: reads the primary, so an answer shows every change that was committed
                     before the request.
                     Gives up: answers while the primary is away, though replicas could give old ones.

      plan, outermost first
        1 route  consistency is strong by default: it reads on the primary, which has every committed
                 change; undeclared reads have a connection of their own. A call that runs no statement
                 connects to nothing
        2 run    the handler of the query, with validated input; its output is validated when it is
                 produced

      absent
        deadline  no latency.deadline is declared, so a call has the budget that its caller gives it

      what callers see when it fails
        500 FUL-3000  Internal error
        503 FUL-3002  A part that the operation needs is unavailable
        503 FUL-3003  The server is shutting down
        503 FUL-3005  The connection to the database was lost
    "
  `)
})

it('explains what is refused', () => {
  const cached = query('shop.cached', { contract: { cache: { strategy: 'aside', ttl: '30s' } } })
  expect(`\n${explain(plan(cached, shop, { store }), cached)}\n`).toMatchInlineSnapshot(`
    "
    shop.cached  query  not over HTTP

      refused
        FUL-1004 shop.cached: cache.strategy is "aside", which contradicts consistency 'strong', the
        default: a strong answer has every change that was committed before the request, which no cache
        can know. Allowed: leaving cache out, or consistency 'eventual' or an object that bounds it.
    "
  `)
})

it('explains to machines', () => {
  const json = explainJson(plan(buy, shop, { store }), buy)
  expect(JSON.parse(JSON.stringify(json))).toMatchInlineSnapshot(`
    {
      "absent": [],
      "changes": [
        "product(id)",
      ],
      "contract": {
        "because": [
          "ADR-0002",
          "ADR-0005",
        ],
        "idempotency": {
          "key": "header",
        },
        "transaction": {
          "ifMatch": "optional",
          "joins": [
            "stock.reserve",
          ],
        },
      },
      "facts": [
        {
          "cost": "speed under contention: after a conflict it is run again, and answers 503 when no attempt got through.",
          "promise": "One serializable transaction: it takes effect as if it ran alone, entirely or not at all. These run inside it: \`stock.reserve\`.",
          "short": "serializable",
          "topic": "Transaction",
        },
        {
          "cost": "one row of storage for each call, and the work of writing and looking for it.",
          "promise": "Takes effect once for each caller and \`Idempotency-Key\`: for 1d a repetition gets the answer of the first call, with \`Idempotent-Replay: true\`; while that runs, it is answered with 409. The same key with another input is answered with 422.",
          "short": "once, 1d",
          "topic": "Idempotency",
        },
        {
          "promise": "Compares \`If-Match\` with the current version and answers 412 when they differ.",
          "short": "If-Match",
          "topic": "Optimistic concurrency",
        },
        {
          "promise": "Answers within 1s, or with 504 and its statements cancelled. A caller may ask for less with \`Fulcrum-Deadline\`.",
          "short": "within 1s",
          "topic": "Deadline",
        },
        {
          "promise": "See \`ADR-0002\`, \`ADR-0005\`.",
          "short": "ADR-0002, ADR-0005",
          "topic": "Decision",
        },
      ],
      "failures": [
        {
          "code": "shop.ProductNotFound",
          "status": 404,
          "title": "Product not found",
        },
        {
          "code": "shop.SoldOut",
          "status": 409,
          "title": "Sold out",
        },
        {
          "code": "FUL-2001",
          "status": 400,
          "title": "The input is invalid",
        },
        {
          "code": "FUL-2014",
          "status": 400,
          "title": "The command needs an idempotency key",
        },
        {
          "code": "FUL-2016",
          "status": 409,
          "title": "The same call is still running",
        },
        {
          "code": "FUL-2008",
          "status": 412,
          "title": "The resource has changed",
        },
        {
          "code": "FUL-2015",
          "status": 422,
          "title": "The idempotency key belongs to another request",
        },
        {
          "code": "FUL-3000",
          "status": 500,
          "title": "Internal error",
        },
        {
          "code": "FUL-3006",
          "status": 500,
          "title": "It is unknown whether the change was made",
        },
        {
          "code": "FUL-3002",
          "status": 503,
          "title": "A part that the operation needs is unavailable",
        },
        {
          "code": "FUL-3003",
          "status": 503,
          "title": "The server is shutting down",
        },
        {
          "code": "FUL-3004",
          "status": 503,
          "title": "Too much contention",
        },
        {
          "code": "FUL-3005",
          "status": 503,
          "title": "The connection to the database was lost",
        },
        {
          "code": "FUL-3001",
          "status": 504,
          "title": "The deadline has passed",
        },
      ],
      "http": "POST /products/:id/purchases",
      "kind": "command",
      "name": "shop.buy",
      "refusals": [],
      "stages": [
        {
          "overHttp": 1000,
          "reason": "no latency.deadline is declared: over HTTP a call has 1s, in process the budget that its caller gives it",
          "stage": "deadline",
        },
        {
          "ifMatch": "optional",
          "reason": "transaction.ifMatch is 'optional': a request that brings If-Match with an old version is refused with 412",
          "stage": "precondition",
        },
        {
          "after": "commit",
          "reason": "after COMMIT the session is told what it has written, and cached answers with the changed tags are dropped here and, as far as the news travels, everywhere; no promise depends on its arrival",
          "stage": "invalidate",
        },
        {
          "inFlight": "reject",
          "key": "header",
          "reason": "a call of the same principal with the same Idempotency-Key takes effect once: a repetition gets the first answer for 1d, is refused with 409 while the first call runs, and is refused with 422 where its input is another one",
          "stage": "idempotency",
          "ttl": 86400000,
        },
        {
          "on": "serialization failure",
          "reason": "a transaction that is serializable is run again after serialization failures and deadlocks (40001, 40P01), with jitter and within the deadline; nothing of the failed attempt remains",
          "stage": "retry",
        },
        {
          "durability": "local",
          "isolation": "serializable",
          "joins": [
            "stock.reserve",
          ],
          "reason": "one transaction on the primary, serializable by default: everything or nothing; stock.reserve may run inside it",
          "stage": "transaction",
        },
        {
          "reason": "the answer is kept in the transaction of its effects, in the message of the COMMIT: it is there exactly when they are",
          "stage": "record",
          "ttl": 86400000,
        },
        {
          "reason": "the handler of the command, with validated input; its output is validated when it is produced",
          "stage": "run",
        },
      ],
      "summary": null,
    }
  `)
})
