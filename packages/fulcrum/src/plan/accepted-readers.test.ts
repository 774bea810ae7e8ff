import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import type { QueryContract } from '../declare/contract/contract.ts'
import { query } from '../declare/query.ts'
import { tag, type Tag } from '../declare/tag.ts'
import { acceptedReaders } from './accepted-readers.ts'

const visit = tag('visit', z.string())
const page = tag('page', z.string())
const input = z.object({ id: z.string() })
type Id = z.infer<typeof input>

const throughput = { batch: { size: 10, wait: '1s' }, acknowledge: 'accepted' } as const

function record(changes?: (given: Id) => readonly Tag[], contract: object = { throughput }) {
  return command('visits.record', { input, ...(changes && { changes }), contract })
}

function show(contract: QueryContract, reads: (given: Id) => readonly Tag[] = ({ id }) => [visit(id)]) {
  return query('visits.show', { input, output: z.string(), reads, contract })
}

function refused(...operations: Parameters<typeof acceptedReaders>[0]): unknown[] {
  return acceptedReaders(operations).map(({ name, field, operation }) => [name, field, operation])
}

const REFUSED = [['Contradiction', 'throughput.acknowledge', 'visits.record']]
const changes = ({ id }: Id): readonly Tag[] => [visit(id)]
const strict: readonly QueryContract[] = [
  {},
  { consistency: 'strong' },
  { consistency: { session: 'read-your-writes' } },
  { consistency: { session: 'causal', staleness: '5s' } },
]

describe('a command that is accepted before it is carried out', () => {
  it.each(strict)('changes nothing that is read with %j', (contract) => {
    expect(refused(record(changes), show(contract))).toEqual(REFUSED)
  })

  it.each([{ consistency: 'eventual' }, { consistency: { staleness: '5s' } }] as QueryContract[])(
    'may change what is read with %j',
    (contract) => {
      expect(refused(record(changes), show(contract))).toEqual([])
    },
  )

  it('may change what nobody reads, and nothing', () => {
    expect(
      refused(
        record(changes),
        show({}, ({ id }) => [page(id)]),
      ),
    ).toEqual([])
    expect(refused(record(), show({}))).toEqual([])
    expect(refused(record(changes), query('visits.count', {}))).toEqual([])
  })

  it('is refused where it cannot be known what is changed, or read', () => {
    const computed = ({ id }: Id): readonly Tag[] => [visit(id.toUpperCase())]
    expect(refused(record(computed), show({}))).toEqual(REFUSED)
    expect(refused(record(changes), show({}, computed))).toEqual(REFUSED)
  })

  it('is told apart from one that is durable', () => {
    const durable = { throughput: { ...throughput, acknowledge: 'durable' } }
    expect(refused(record(changes, durable), show({}))).toEqual([])
  })
})
