/** 32xx: runs of steps. */
export const STEP_ERRORS = {
  'FUL-3201': {
    name: 'RunGoesOn',
    status: 504,
    title: 'It is not done yet, and goes on',
    message: 'It was not done within {budget}, and goes on without its caller.',
    cause:
      'The command is a run of steps, which outlives the call that began it: it has to find out what its steps came to. It ends with an answer, or with nothing of it left.',
    fix: 'Repeat the call with the same idempotency key: that waits for the same run and gets its answer.',
    expose: true,
    retryAfter: 1,
    stack: false,
  },
  'FUL-3202': {
    name: 'RunTakenOver',
    status: 503,
    title: 'The run is not this instance’s any more',
    message: 'The run {run} is not this instance’s any more: {reason}.',
    cause:
      'The instance could not tell in time that it was alive (it stood still, or did not reach the database), so that another one may have taken the run; or it is shutting down. The run goes on elsewhere.',
    fix: 'Repeat the call with the same idempotency key. A step that works outside of the database should look at `step.signal`.',
    retryAfter: 1,
    stack: false,
  },
  'FUL-3203': {
    name: 'StepFailed',
    status: 503,
    title: 'A step has failed for good',
    message: 'The step "{step}" has failed for good ({reason}).',
    cause:
      'A step of the run has failed in each of its attempts, or could not be tried any more. What the run had done was undone, and nothing of it is left.',
    fix: 'Try again: that is a new run. Operators: the log, and `fulcrum steps`, say what the step failed with.',
    expose: true,
    retryAfter: 5,
  },
  'FUL-3204': {
    name: 'RunDiverged',
    status: 500,
    title: 'A run went another way than before',
    message: 'The run does not go the way that it went before: {reason}.',
    cause:
      'A run that was taken over is run again from the top, and its handler began other steps than those that are remembered: it has decided by something that was different (the time, a random number, what it has read by itself), or another version of the application has other steps. Nothing was done or undone on that account; the run is stuck.',
    fix: 'Let the handler decide by its input, its steps and calls, `ctx.now` and `ctx.uuid`. Steps are added, renamed and moved in a new command, or when no run is open. Deploy what goes the old way, and let the run go on with `fulcrum steps <run> --retry`.',
  },
  'FUL-3205': {
    name: 'StepNameRepeated',
    status: 500,
    title: 'Two steps of a run have one name',
    message: 'The run has begun a step "{step}" already.',
    cause: 'Steps are remembered by their names, so each of a run has its own.',
    fix: 'Name the step otherwise, for example with what it is about; a call is named with `as`.',
  },
  'FUL-3206': {
    name: 'RunStuck',
    status: 500,
    title: 'It can neither be finished nor be undone without help',
    message: 'The run {run} is stuck: somebody has to look at it.',
    cause:
      'What a step had done could not be undone in any of its attempts, or the handler did not go the way that it went before. Nothing more is done until somebody says so.',
    fix: 'Do not repeat the call under another key. Operators: `fulcrum steps` lists such runs with their reasons; mend the cause, and let the run go on with `fulcrum steps <run> --retry`.',
    expose: true,
    stack: false,
  },
  'FUL-3207': {
    name: 'StepNotAllowed',
    status: 500,
    title: 'This cannot be done in a run of steps, or only there',
    message: '{what} is not possible: {reason}.',
    cause:
      'Steps belong to the run of a command that declares `steps`, and are begun by its handler while that runs. What a run changes in the database, it changes in the commands that it calls.',
    fix: 'Declare `steps` in the contract; move statements, events and jobs to a command that the run calls.',
  },
  'FUL-3208': {
    name: 'StepResultNotKept',
    status: 500,
    title: 'What a step returned cannot be remembered',
    message:
      'The step "{step}" returned what cannot be kept: a function, a symbol, an instance of a class, or text that is no Unicode.',
    cause:
      'What a step returns is kept as data, so that an instance that takes over is given the same. What the step has done is undone like that of one that failed.',
    fix: 'Return plain data, dates, maps, sets, big integers or binary data.',
  },
} as const
