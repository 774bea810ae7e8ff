// `npm run verify:consistency`: holds three instances on real servers to what their operations promise, while everything around them breaks.
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { SMALL_BOUNDS } from './driver/bounds.ts'
import { copyPackage } from './driver/package-copy.ts'
import { type Outcome, run } from './driver/run.ts'
import { World } from './driver/world.ts'
import { FAULTS, noFaults } from './faults/faults.ts'
import { mutate } from './mutations/mutate.ts'
import { shortcomings } from './report/shortcomings.ts'
import { table } from './report/table.ts'
import { readsOf } from './report/tally.ts'

const USAGE = `npm run verify:consistency -- [options]

  --long            at least 10 minutes and 1,000,000 reads; otherwise one short round
  --mutations       rules of the package are broken, one at a time, and each has to be found out
  --only <regex>    only phases, or broken rules, whose name matches
  --seconds <n>     of each phase
  --clients <n>     that call at once
  --seed <n>        of what they choose
  --history <file>  where the history goes, one operation a line
  --verbose         what the instances say`

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seconds: { type: 'string' },
    clients: { type: 'string', default: '48' },
    seed: { type: 'string', default: '1' },
    history: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const log = (line: string): void => console.error(line)
const only = new RegExp(values.only)
const isChosen = ({ name }: { readonly name: string }): boolean => only.test(name)
const secondsOr = (least: number): number => Number(values.seconds ?? least) * 1_000

async function verify(world: World): Promise<void> {
  const folder = copyPackage(`sound-${process.pid}`, SMALL_BOUNDS)
  try {
    await world.deploy(folder)
    print(
      await run(world, {
        phases: [noFaults, ...FAULTS].filter(isChosen),
        ms: secondsOr(values.long ? 20 : 4),
        patience: values.long ? 10 * 60_000 : 60_000,
        least: values.long ? { reads: 1_000_000, ms: 10 * 60_000 } : { reads: 0, ms: 0 },
        history: values.history,
        log,
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function print({ phases, totals, violations, seconds }: Outcome): void {
  for (const { name, tallies } of phases) console.log(table(name, tallies))
  console.log(table('All phases', totals))
  console.log(`${readsOf(totals)} reads were checked in ${Math.round(seconds)} s.\n`)
  for (const { check, says, operation } of violations.slice(0, 20))
    console.log(`${check}: ${says}\n  ${JSON.stringify(operation)}`)
  conclude(shortcomings(phases, totals))
}

function conclude(wrong: readonly string[]): void {
  for (const sentence of wrong) console.log(sentence)
  process.exitCode = wrong.length === 0 ? 0 : 1
}

if (values.help) console.log(USAGE)
else {
  await using world = await World.start({
    seed: Number(values.seed),
    clients: Number(values.clients),
    log: values.verbose ? log : () => {},
  })
  if (values.mutations) conclude(await mutate(world, { isChosen, ms: secondsOr(4), log }))
  else await verify(world)
}
