// How long the compiler takes for an application of 500 operations: 25 modules of 10 queries and 10 commands, with handlers, errors, routes,
// tags, contracts, joins and calls between modules. Beside it functions of the same schemas without Fulcrum.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { alternate } from './lib/alternate.ts'
import { print } from './lib/outcome.ts'

const MODULES = 25
const OF_EACH_KIND = 10

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

/** Schemas as an application has them: two to four members, one of them shared. */
function schemasOf(module: number): string {
  const lines = [`import { z } from 'zod'`, `export const Id = z.object({ id: z.uuid() })`]
  for (let index = 0; index < OF_EACH_KIND; index += 1) {
    lines.push(
      `export const Item${index} = z.object({ id: z.uuid(), name: z.string(), price${module}: z.int(), tags: z.array(z.string()) })`,
      `export const Change${index} = Id.extend({ name: z.string().optional(), price${module}: z.int().min(${index}) })`,
    )
  }
  return lines.join('\n')
}

/** The least that an application does with its schemas: functions from one to the other. */
function functionsOf(): string {
  const lines = [`import { z } from 'zod'`, `import * as schemas from './schemas.ts'`]
  for (let index = 0; index < OF_EACH_KIND; index += 1) {
    lines.push(
      `export const get${index} = ({ id }: z.output<typeof schemas.Id>): z.input<typeof schemas.Item${index}> => schemas.Item${index}.parse({ id })`,
      `export const change${index} = ({ id }: z.output<typeof schemas.Change${index}>): z.input<typeof schemas.Item${index}> => schemas.Item${index}.parse({ id })`,
    )
  }
  return lines.join('\n')
}

function apiOf(module: number): string {
  const previous = (module + MODULES - 1) % MODULES
  // A circle of imports between signatures is no problem for types, but joins may not form one.
  const joined = module === 0 ? [] : [`import { change0 as joined } from '../m${previous}/api.ts'`]
  const lines = [
    `import { command, error, query, tag } from 'fulcrum'`,
    `import { z } from 'zod'`,
    `import * as schemas from './schemas.ts'`,
    ...joined,
    `export const item = tag('item${module}', z.uuid())`,
    `export const NotFound = error('m${module}.NotFound', { status: 404, data: schemas.Id })`,
    `export const Taken = error('m${module}.Taken', { status: 409, data: z.object({ name: z.string() }) })`,
  ]
  for (let index = 0; index < OF_EACH_KIND; index += 1)
    lines.push(queryOf(module, index), commandOf(module, index))
  return lines.join('\n')
}

function queryOf(module: number, index: number): string {
  return `export const get${index} = query('m${module}.get${index}', {
    input: schemas.Id, output: schemas.Item${index}, errors: [NotFound], http: 'GET /m${module}/items${index}/:id',
    reads: ({ id }) => [item(id)],
    contract: { consistency: 'eventual', latency: { deadline: '250ms', expect: '5ms' }, because: 'ADR-0003' },
  })`
}

function commandOf(module: number, index: number): string {
  const transaction =
    module === 0 ? `{ isolation: 'serializable' }` : `{ isolation: 'serializable', joins: [joined] }`
  return `export const change${index} = command('m${module}.change${index}', {
    input: schemas.Change${index}, output: schemas.Item${index}, errors: [NotFound, Taken], http: 'PATCH /m${module}/items${index}/:id',
    changes: ({ id }) => [item(id)],
    contract: { idempotency: 'none', transaction: ${transaction}, latency: { deadline: '1s' } },
  })`
}

function moduleOf(module: number): string {
  const next = (module + 1) % MODULES
  const lines = [
    `import { module } from 'fulcrum'`,
    `import * as api from './api.ts'`,
    `import { get0 as other } from '../m${next}/api.ts'`,
    ...(module === 0 ? [] : [`import { change0 as joined } from '../m${module - 1}/api.ts'`]),
    `export default module('m${module}', { handlers: (on) => [`,
  ]
  for (let index = 0; index < OF_EACH_KIND; index += 1) lines.push(handlersOf(module, index))
  return [...lines, '] })'].join('\n')
}

function handlersOf(module: number, index: number): string {
  const item = `{ id, name: '', price${module}: 1, tags: [] }`
  const joinCall = module === 0 ? '' : `await call(joined, { id, price${module - 1}: 1 })`
  return `on(api.get${index}, async ({ id }, { fail, sql, call }) => {
    const [row] = await sql<{ id: string }>\`select id from m${module}.item where id = \${id}\`
    const { name } = await call(other, { id })
    return row === undefined ? fail(api.NotFound, { id }) : { ...${item}, name }
  }),
  on(api.change${index}, async ({ id, name }, { fail, call }) => {
    if (name === '') fail(api.Taken, { name })
    ${joinCall}
    return ${item}
  }),`
}

async function write(folder: string, file: string, text: string): Promise<void> {
  await mkdir(join(folder, file, '..'), { recursive: true })
  await writeFile(join(folder, file), text)
}

async function generate(folder: string): Promise<void> {
  for (let module = 0; module < MODULES; module += 1) {
    await write(folder, `bare/m${module}/schemas.ts`, schemasOf(module))
    await write(folder, `bare/m${module}/functions.ts`, functionsOf())
    await write(folder, `app/m${module}/schemas.ts`, schemasOf(module))
    await write(folder, `app/m${module}/api.ts`, apiOf(module))
    await write(folder, `app/m${module}/module.ts`, moduleOf(module))
  }
  for (const part of ['bare', 'app']) {
    await write(
      folder,
      `${part}/tsconfig.json`,
      JSON.stringify({ extends: '../../../tsconfig.base.json', include: ['.'] }),
    )
  }
}

interface Figures {
  readonly seconds: number
  readonly instantiations: number
}

/** A type error in what was generated fails the benchmark: what does not compile is not measured. */
async function compile(folder: string): Promise<Figures> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    tsc,
    '-p',
    folder,
    '--noEmit',
    '--extendedDiagnostics',
  ])
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1])
  return { seconds: figure('Total time'), instantiations: figure('Instantiations') }
}

const folder = await mkdtemp(join(here, '.types-500-'))
try {
  await generate(folder)
  const app = await compile(join(folder, 'app'))
  const bare = await compile(join(folder, 'bare'))
  const seconds = (part: string) => async (): Promise<number> => (await compile(join(folder, part))).seconds
  const contenders = [
    { name: 'functions of their zod schemas', round: seconds('bare') },
    { name: 'the whole application', round: seconds('app') },
  ]
  const figures = await alternate(contenders, { rounds: 5, warmUp: 0 })
  print({
    title: `Type-checking ${MODULES * OF_EACH_KIND * 2} operations`,
    unit: 's',
    better: 'less',
    figures,
    notes: [
      `instantiations: ${bare.instantiations.toLocaleString('en')} and ${app.instantiations.toLocaleString('en')}`,
      `cold compiler each time, Node ${process.version}, ${availableParallelism()} cores`,
    ],
  })
} finally {
  await rm(folder, { recursive: true })
}
