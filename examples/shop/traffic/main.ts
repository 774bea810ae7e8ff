import { parseArgs } from 'node:util'
import { Figures } from './figures.ts'
import { MIX } from './mix.ts'
import { seeded } from './random.ts'
import { Screen } from './screen.ts'
import { summary, table } from './table.ts'
import { look, visit } from './visitors.ts'

const HELP = `Sends a realistic mix of requests to the shop on this machine and shows live figures.

  npm run traffic -- [--seconds 60] [--rate 200] [--seed 1]

  --seconds  how long (default 60; Ctrl-C ends it earlier)
  --rate     requests per second (default 200)
  --seed     equal seeds visit in equal order (default 1)

The shop is expected on PORT (default 4000).`

const LIVE_MS = 500
const LOG_MS = 5_000

const { seconds, rate, seed } = chosen()
const url = `http://127.0.0.1:${process.env.PORT ?? '4000'}`
const world = await look(url).catch((error: unknown) => {
  console.error(`No shop answers on ${url}: start it with \`npm start\`. (${String(error)})`)
  process.exit(1)
})

const all = new Figures()
const routes = new Map(MIX.map(({ name }) => [name, new Figures()]))
const screen = new Screen(process.stdout)
const begun = performance.now()
const elapsed = (): number => (performance.now() - begun) / 1_000

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
setTimeout(() => stop.abort(), seconds * 1_000).unref()
const show = setInterval(
  () => {
    if (screen.live) screen.draw([...table(routes, all), '', summary(all, elapsed())])
    else screen.print([summary(all, elapsed())])
  },
  screen.live ? LIVE_MS : LOG_MS,
)

await visit(
  {
    url,
    rate,
    world,
    random: seeded(seed),
    record: (route, outcome) => {
      all.record(outcome)
      routes.get(route.name)?.record(outcome)
    },
  },
  stop.signal,
)
clearInterval(show)
const last = [...table(routes, all), '', summary(all, elapsed())]
if (screen.live) screen.draw(last)
else screen.print(last)

function chosen(): { seconds: number; rate: number; seed: number } {
  try {
    const { help, ...values } = parse()
    if (help) end(0, HELP)
    return {
      seconds: above0('seconds', values.seconds),
      rate: above0('rate', values.rate),
      seed: Number(values.seed),
    }
  } catch (error) {
    return end(2, `${(error as Error).message}\n\n${HELP}`)
  }
}

function parse() {
  const options = {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  return parseArgs({ options }).values
}

function end(code: number, text: string): never {
  console.error(text)
  process.exit(code)
}

function above0(name: string, text: string): number {
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new Error(`--${name} is a number over 0, not "${text}"`)
}
