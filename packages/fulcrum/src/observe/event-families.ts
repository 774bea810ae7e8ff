import type { SubscriptionCounts } from '../ports/subscriptions.ts'
import type { Family, Sample } from './prometheus-text.ts'

/** What subscribers have not been given, as of some ten seconds ago; none where there are no subscribers. */
export function eventDeliveryFamilies(counts: readonly SubscriptionCounts[] | undefined): Family[] {
  if (counts === undefined) return []
  const each = (value: (counts: SubscriptionCounts) => number): Sample[] =>
    counts.map((one): Sample => ['', { subscriber: one.name }, value(one)])
  return [
    {
      name: 'fulcrum_event_lag_seconds',
      type: 'gauge',
      help: 'Age of the oldest event that the subscriber has not applied, over all instances, as of some seconds ago.',
      samples: each(({ lag }) => lag / 1000),
    },
    {
      name: 'fulcrum_events_troubled',
      type: 'gauge',
      help: 'Events whose delivery has failed, and those that wait behind them.',
      samples: each(({ troubled }) => troubled),
    },
    {
      name: 'fulcrum_event_dead_letters',
      type: 'gauge',
      help: 'Events that are not tried again.',
      samples: each(({ dead }) => dead),
    },
  ]
}
