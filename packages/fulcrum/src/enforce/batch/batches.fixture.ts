import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { BatchContext } from '../../declare/context.ts'
import type { CommandContract } from '../../declare/contract/contract.ts'
import type { Acknowledge } from '../../declare/contract/vocabulary.ts'
import { type Bound, Busy, thing, type World } from '../runtime/instances.fixture.ts'
import type { CallRequest } from '../runtime/runtime.ts'

/** What one call of a batch asks for: to put a value, or to fail in some way. */
export interface Put {
  readonly id: string
  /** `busy`: its answer is an error. `wrong`: an answer of another type. `bad`: a statement of it fails, and with it the transaction. */
  readonly value: string
}

type Ctx = BatchContext<unknown, typeof Busy>

/** A batched command that puts values and answers with them, and what its form was called with. */
export interface Putting extends Bound {
  /** The ids of each call of the form. */
  readonly rounds: string[][]
}

export function putThings(
  batch: NonNullable<CommandContract['throughput']>['batch'],
  contract: CommandContract = {},
  acknowledge: Acknowledge = 'durable',
): Putting {
  const operation = command('m.puts', {
    input: z.object({ id: z.string(), value: z.string() }),
    output: acknowledge === 'durable' ? z.string() : (undefined as never),
    errors: [Busy],
    changes: ({ id }) => [thing(id)],
    version: (output) => `of ${output}`,
    contract: { ...contract, ...(batch && { throughput: { batch, acknowledge } }) },
  })
  const rounds: string[][] = []
  const many = async (inputs: readonly Put[], { sql, failure }: Ctx): Promise<readonly unknown[]> => {
    rounds.push(inputs.map(({ id }) => id))
    const done = inputs.filter(({ value }) => value !== 'busy')
    await Promise.all(done.map(({ id, value }) => sql.query(`set ${id} ${value}`)))
    const bad = inputs.find(({ value }) => value === 'bad')
    if (bad !== undefined) throw new Error(`${bad.id} is bad`)
    return inputs.map(({ value }) => (value === 'busy' ? failure(Busy) : value === 'wrong' ? 1 : value))
  }
  return { operation, many, rounds }
}

/** What a call came to: its answer, or what its error is called by. */
export async function outcomeOf(answer: Promise<{ readonly value: unknown }>): Promise<unknown> {
  try {
    return (await answer).value
  } catch (error) {
    return (error as { readonly code?: string }).code ?? (error as Error).message
  }
}

/** Puts values at once, and says what each call came to. Does not move time. */
export function putAll(
  world: World,
  puts: Putting,
  wanted: readonly Put[],
  request?: CallRequest,
): Promise<readonly unknown[]> {
  return Promise.all(wanted.map((each) => outcomeOf(world.ask(puts, each, request))))
}
