// `npm run verify:once`: instances publish, relay, deliver and work while they are killed with -9 one after the other, and their database is killed and restarted; then every
// fact has to have been applied once, and those of a key in their order.
import { parseArgs } from 'node:util'
import { startTestCluster } from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { clock, random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { Fleet } from './fleet.ts'
import { type Amounts, lanesOf } from './orders.ts'
import { applied, expectedOf, hasShortcoming, judged } from './shortcomings.ts'

const USAGE = `npm run verify:once -- [options]

  --events <n>      that are emitted; default 40,200, a multiple of 600
  --jobs <n>        that are enqueued; default 10,200, a multiple of 600
  --reported <n>    events of another application, each taken in twice; default 3,000, a multiple of 50
  --instances <n>   at a time; default 3
  --every <ms>      one is killed; default 2,500`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '40200' },
    jobs: { type: 'string', default: '10200' },
    reported: { type: 'string', default: '3000' },
    instances: { type: 'string', default: '3' },
    every: { type: 'string', default: '2500' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

/** Whatever is left to be done when all was told has so long: claims of killed workers end after half a minute. */
const PATIENCE_MS = 300_000
const amounts: Amounts = {
  events: Number(values.events),
  jobs: Number(values.jobs),
  reported: Number(values.reported),
}
const total = amounts.events + amounts.jobs + amounts.reported

await using cluster = await startTestCluster({ durable: true }, { clock, random })
const url = await cluster.createDatabase('once')
const fleet = new Fleet(url, lanesOf(amounts))
const startedAt = performance.now()
for (let n = 0; n < Number(values.instances); n += 1) fleet.start()

const restarts = { count: 0 }
const killing = setInterval(() => fleet.kill(random.next()), Number(values.every))
try {
  await waitFor(async () => (await applied(url)) > total / 3, { deadline: PATIENCE_MS, every: 200 })
  await cluster.primary.kill()
  await cluster.primary.start()
  restarts.count += 1
  await fleet.over
  // Killed on, until half of what is left is done: those who deliver and work are among them.
  await waitFor(async () => (await applied(url)) > total * 0.9, { deadline: PATIENCE_MS, every: 200 })
  clearInterval(killing)
  await waitFor(async () => (await applied(url)) >= total, { deadline: PATIENCE_MS, every: 200 })
  // What is applied twice may come late.
  await clock.sleep(3_000)
} finally {
  clearInterval(killing)
  await fleet.close()
}
const seconds = Math.round((performance.now() - startedAt) / 1_000)
const all = await judged(url, expectedOf(amounts))
console.log(`| kind           | applied |  lost | twice | out of order |
| -------------- | ------: | ----: | ----: | -----------: |`)
for (const { kind, applied: count, lost, twice, outOfOrder } of all)
  console.log(
    `| ${kind.padEnd(14)} | ${pad(count, 7)} | ${pad(lost, 5)} | ${pad(twice, 5)} | ${pad(outOfOrder ?? '', 12)} |`,
  )
console.log(
  `\n${fleet.kills} instances killed, PostgreSQL killed and restarted ${restarts.count} time, ${fleet.repeated} orders given again, in ${seconds} s.`,
)
process.exitCode = all.some(hasShortcoming) ? 1 : 0

function pad(value: number | string, width: number): string {
  return String(value).padStart(width)
}
