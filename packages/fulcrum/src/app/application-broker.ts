import type { ForeignEvents } from '../enforce/messaging/foreign-events.ts'
import { Deadline } from '../kernel/deadline.ts'
import type { Disposer } from '../kernel/disposal.ts'
import { isFulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { Receipt } from '../ports/broker.ts'
import { ownFacts } from '../ports/own-work.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'

const TAKE_MS = 10_000

/** Opens the broker, where there is one: what is published goes out from then on, and what others publish is taken in until the disposer closes it. */
export async function openBroker(
  { broker: source, outlet }: Booted,
  foreign: ForeignEvents,
  { disposer, ...parts }: AppParts & { readonly disposer: Disposer },
): Promise<void> {
  if (source === undefined) return
  const broker = await source.open(parts)
  disposer.use('broker', () => broker.close())
  outlet.open(broker)
  broker.consume(foreign.types, (body) => take(foreign, body, parts))
}

/** Each event once, by its `source` and `id`, however often it comes. */
async function take(foreign: ForeignEvents, body: string, { clock, log }: AppParts): Promise<Receipt> {
  using deadline = Deadline.after(clock, TAKE_MS)
  try {
    await foreign.accept(ownFacts('fulcrum.events', deadline), [parsed(body)])
    return 'taken'
  } catch (error) {
    if (!isFulcrumError(error, 'FUL-1002')) {
      log(`an event of the broker has to wait: ${String(error)}`)
      return 'later'
    }
    log(`an event of the broker was refused: ${error.message}`)
    return 'unreadable'
  }
}

/** `undefined`, which is no event, for what is not JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
