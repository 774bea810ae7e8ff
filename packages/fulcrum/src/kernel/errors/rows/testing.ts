/** 8xxx: testing, virtual time and prediction. */
export const TESTING_ERRORS = {
  'FUL-8001': {
    name: 'VirtualClockBusy',
    status: 500,
    title: 'The virtual clock is already running',
    message: 'The virtual clock was asked to run while it runs.',
    cause: 'Two callers drive the same virtual clock at once, so neither could say when time advances.',
    fix: 'Await the first run before starting the next, or let both share one clock run.',
  },
  'FUL-8002': {
    name: 'VirtualStandstill',
    status: 500,
    title: 'Virtual time stands still',
    message: 'The awaited work is unsettled at {time} ms of virtual time and no timer is pending.',
    cause:
      'The work waits for something that is not on the virtual clock: real I/O, a real timer or a promise that nobody settles.',
    fix: 'Give the part that waits the virtual clock, or replace it by a model.',
  },
  'FUL-8003': {
    name: 'NotModelled',
    status: 500,
    title: 'There is no model of this operation',
    message: 'It cannot be simulated: {reason}.',
    cause:
      'A simulation runs real plans with modelled handlers on a modelled database, and there is no model for one part of the plan.',
    fix: 'Leave the operation out of `models`, and model the commands that it calls.',
  },
} as const
