import type { DeliveredEvent } from '../../declare/context.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Tag } from '../../declare/tag.ts'
import { checkInput, type Check } from './schema-check.ts'
import { run as runHandler } from './stage-run.ts'
import type { Run } from './stage.ts'

type Events = readonly DeliveredEvent<unknown>[]

/** Parses the data of each event. */
export function checkEvents({ input, name }: AnyOperation): Check {
  const check = checkInput(input, name)
  return (events) =>
    Promise.all((events as Events).map(async ({ data, event }) => ({ data: await check(data), event })))
}

/** Runs the form of a subscriber for many events, and notes what each of them has changed. */
export function eventBatch({ changes }: AnyOperation): Run {
  return async (call, events) => {
    await runHandler(call, events)
    call.finished = true
    if (changes === undefined) return
    const changed = (events as Events).flatMap(({ data }): readonly Tag[] =>
      changes(data as never, undefined as never),
    )
    call.changed = [...call.changed, ...changed]
  }
}
