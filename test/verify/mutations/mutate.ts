import type { World } from '../driver/world.ts'
import { huntedTable } from '../report/hunted.ts'
import { COVERED } from './covered.ts'
import { hunt, type Hunted } from './hunt.ts'
import { type Mutation, mutation } from './mutation.ts'
import { MUTATIONS } from './mutations.ts'

export interface MutateOptions {
  readonly isChosen: (mutation: Mutation) => boolean
  /** Milliseconds of a round. */
  readonly ms: number
  readonly log: (line: string) => void
}

/** Within so many milliseconds each mutation has to be found out. */
const LIMIT = 90_000

/** Nothing broken, in every trouble that a mutation is looked for in. */
const SOUND: readonly Mutation[] = [...new Set(MUTATIONS.map(({ phase }) => phase))].map((phase) =>
  mutation('nothing is broken', { phase }),
)

/**
 * Breaks rules, one at a time. What does not hold that has to: every broken rule is found out, nothing is where none is broken, and neither where
 * another rule covers for the one that is.
 */
export async function mutate(world: World, options: MutateOptions): Promise<string[]> {
  const broken = MUTATIONS.filter(options.isChosen)
  const quiet = [...SOUND, ...COVERED].filter(options.isChosen)
  if (broken.length + quiet.length === 0) return ['nothing was broken: no rule has such a name']
  const found = await huntAll(world, broken, { ...options, limit: LIMIT })
  const silent = await huntAll(world, quiet, { ...options, limit: 0 })
  if (found.length > 0) console.log(`### Has to be found out\n\n${huntedTable(found)}\n`)
  if (silent.length > 0) console.log(`### Must not show\n\n${huntedTable(silent)}\n`)
  return [
    ...found.filter(({ by }) => by === undefined).map((each) => `not found out: ${each.mutation.name}`),
    ...silent.flatMap(({ mutation: { name }, by }) => (by === undefined ? [] : [`${name}: ${by.says}`])),
  ]
}

async function huntAll(
  world: World,
  mutations: readonly Mutation[],
  { ms, limit, log }: MutateOptions & { readonly limit: number },
): Promise<Hunted[]> {
  const hunted: Hunted[] = []
  for (const each of mutations) {
    const done = await hunt(world, each, { ms, limit })
    const { by, reads, seconds } = done
    log(`${each.name}: ${by?.check ?? 'nothing'}, ${reads} reads, ${seconds.toFixed(1)} s`)
    hunted.push(done)
  }
  return hunted
}
