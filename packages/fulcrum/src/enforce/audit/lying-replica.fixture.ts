import type { ReadSession } from '../../ports/store.ts'
import type { World } from '../runtime/instances.fixture.ts'

/** Has replicas answer something else than they have replayed. */
export function answerOfReplicas(world: World, instead: (row: object) => object): void {
  const read = world.store.read.bind(world.store)
  world.store.read = (...terms): ReadSession => {
    const session = read(...terms)
    const run = session.run.bind(session)
    session.run = async <R>(text: string, values: readonly unknown[]) => {
      const answer = await run<R>(text, values)
      if (session.source !== 'replica') return answer
      return { ...answer, rows: answer.rows.map((row) => instead(row as object) as R) }
    }
    return session
  }
}
