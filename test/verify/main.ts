// `npm run verify:consistency`: holds three instances on real servers to what their operations promise, while everything around them breaks.
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { copyPackage } from './driver/package-copy.ts'
import { type Outcome, run } from './driver/run.ts'
import { World } from './driver/world.ts'
import { FAULTS, noFaults } from './faults/faults.ts'
import { shortcomings } from './report/shortcomings.ts'
import { table } from './report/table.ts'
import { readsOf } from './report/tally.ts'

const USAGE = `npm run verify:consistency -- [options]

  --long            at least 10 minutes and 1,000,000 reads; otherwise one short round
  --only <text>     only phases whose name contains this
  --seconds <n>     of each phase
  --clients <n>     that call at once
  --seed <n>        of what they choose
  --history <file>  where the history goes, one operation a line
  --verbose         what the instances say`

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seconds: { type: 'string' },
    clients: { type: 'string', default: '48' },
    seed: { type: 'string', default: '1' },
    history: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** Bounds of the package that no run would wait for. */
const SMALL = [
  { file: 'enforce/cache/caches.js', find: 'TOMBSTONE_MS = 60_000', replace: 'TOMBSTONE_MS = 500' },
]

const log = (line: string): void => console.error(line)

async function verify(folder: string): Promise<Outcome> {
  await using world = await World.start({
    package: folder,
    seed: Number(values.seed),
    clients: Number(values.clients),
    log: values.verbose ? log : () => {},
  })
  const least = values.long ? { reads: 1_000_000, ms: 10 * 60_000 } : { reads: 0, ms: 0 }
  return await run(world, {
    phases: [noFaults, ...FAULTS].filter(({ name }) => name.includes(values.only)),
    ms: Number(values.seconds ?? (values.long ? 20 : 4)) * 1_000,
    patience: values.long ? 10 * 60_000 : 60_000,
    least,
    history: values.history,
    log,
  })
}

function print({ phases, totals, violations, seconds }: Outcome): void {
  for (const { name, tallies } of phases) console.log(table(name, tallies))
  console.log(table('All phases', totals))
  console.log(`${readsOf(totals)} reads were checked in ${Math.round(seconds)} s.\n`)
  for (const { check, says, operation } of violations.slice(0, 20))
    console.log(`${check}: ${says}\n  ${JSON.stringify(operation)}`)
  const wrong = shortcomings(phases, totals)
  for (const sentence of wrong) console.log(sentence)
  process.exitCode = wrong.length === 0 ? 0 : 1
}

if (values.help) console.log(USAGE)
else {
  const folder = copyPackage(`sound-${process.pid}`, SMALL)
  try {
    print(await verify(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
