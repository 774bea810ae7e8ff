import { SOURCES, type Source, type Tally } from './tally.ts'

/** A level counts as tried from a source when it has served this share of its reads. */
const LEAST_SHARE = 0.05
/** A level counts as tried at all when so many of its reads were answered. */
const LEAST_READS = 50

/** A level that was not tried enough: from one source, or at all. */
export interface Lack {
  readonly tally: Tally
  readonly source: Source | undefined
}

export interface Demand {
  /** Sources that nobody gets at. */
  readonly without: readonly Source[]
  /** How many times as much as what is the least; 1 without it. */
  readonly margin?: number
}

/** What is missing before each level counts as tried from each source that it allows and that is there. */
export function lacks(tallies: readonly Tally[], { without, margin = 1 }: Demand): Lack[] {
  return tallies
    .filter(({ level }) => level !== 'writes')
    .flatMap((tally): Lack[] => {
      if (tally.answered < LEAST_READS * margin) return [{ tally, source: undefined }]
      const least = LEAST_SHARE * margin * tally.answered
      return SOURCES.filter((source) => allows(tally.level, source) && !without.includes(source))
        .filter((source) => tally.by[source] < least)
        .map((source) => ({ tally, source }))
    })
}

/** Strong reads are the primary's; all others may come from anywhere. */
function allows(level: Tally['level'], source: Source): boolean {
  return level === 'strong' ? source === 'primary' : true
}
