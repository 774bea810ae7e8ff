import { describe, expect, it } from 'vitest'
import { lacks } from './lacks.ts'
import { type Phase, shortcomings } from './shortcomings.ts'
import { emptyTallies, type Source, type Tally } from './tally.ts'

/** Every level served a hundred times by each source that it allows. */
function tried(): Tally[] {
  const tallies = emptyTallies()
  for (const tally of tallies) {
    const sources: Source[] =
      tally.level === 'strong' || tally.level === 'writes'
        ? ['primary']
        : ['primary', 'replica', 'local', 'shared']
    for (const source of sources) tally.by[source] = 100
    tally.answered = 100 * sources.length
  }
  return tallies
}

function changed(level: Tally['level'], change: (tally: Tally) => void): Tally[] {
  const tallies = tried()
  change(tallies.find((tally) => tally.level === level) as Tally)
  return tallies
}

function phase(tallies: readonly Tally[], rest: Partial<Phase> = {}): Phase {
  return { name: 'phase', isFaulty: true, without: [], tallies, ...rest }
}

const said = (...phases: Phase[]): string[] => shortcomings(phases, tried())

describe('a run', () => {
  it('has no shortcomings when every level was tried from every source', () => {
    expect(said(phase(tried()))).toEqual([])
  })

  it('has to be without violations', () => {
    expect(said(phase(changed('causal', (tally) => (tally.violations = 1))))).toEqual([
      'phase: causal was violated 1 times',
    ])
  })

  it('may refuse while something is broken, and not otherwise', () => {
    const refused = changed('monotonic', (tally) => tally.refused.set('FUL-3015', 2))
    expect(said(phase(refused))).toEqual([])
    expect(said(phase(refused, { isFaulty: false }))).toEqual([
      'phase: monotonic was refused 2 times (FUL-3015)',
    ])
  })

  it('has to have each source serve a twentieth of what each level was asked', () => {
    const hardly = changed('eventual', (tally) => {
      tally.by.replica += 1_600
      tally.answered += 1_600
    })
    expect(said(phase(hardly))).toEqual([])
    const tooLittle = changed('eventual', (tally) => {
      tally.by.replica += 1_601
      tally.answered += 1_601
    })
    expect(said(phase(tooLittle))).toEqual([
      'phase: eventual: primary has served only 5.0 %',
      'phase: eventual: local has served only 5.0 %',
      'phase: eventual: shared has served only 5.0 %',
    ])
  })

  it('expects nothing of a source that a fault has taken away', () => {
    const without = changed('causal', (tally) => (tally.by.replica = 0))
    expect(said(phase(without, { without: ['replica'] }))).toEqual([])
    expect(said(phase(without))).toEqual(['phase: causal: replica has served only 0.0 %'])
  })

  it('has to have asked enough', () => {
    expect(said(phase(changed('strong', (tally) => (tally.answered = 49))))).toEqual([
      'phase: strong: only 49 reads were answered',
    ])
  })
})

describe('what is lacking', () => {
  it('is more for whoever wants a margin', () => {
    const tallies = changed('eventual', (tally) => {
      tally.by.replica += 1_200
      tally.answered += 1_200
    })
    expect(lacks(tallies, { without: [] })).toEqual([])
    expect(lacks(tallies, { without: [], margin: 1.5 }).map(({ source }) => source)).toEqual([
      'primary',
      'local',
      'shared',
    ])
  })
})
