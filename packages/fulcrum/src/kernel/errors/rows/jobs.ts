/** 31xx: jobs and their queues. */
export const JOB_ERRORS = {
  'FUL-3101': {
    name: 'QueueOfOtherRule',
    status: 500,
    title: "A job's queue was made for another rule about keys",
    message: 'Its queue was made as "{found}", and the contract asks for "{wanted}".',
    cause:
      'Whether jobs with the same key wait once (`delivery.unique`), run in order (`delivery.order`) or have nothing to do with each other is a property of their queue, which cannot be changed while it exists.',
    fix: 'Give the job another name and let the old one run empty; or stop all instances when no job of it waits, delete its row from `fulcrum_jobs.queue`, and start again.',
  },
  'FUL-3102': {
    name: 'JobAppliedBefore',
    status: 409,
    title: 'The job has been applied before',
    message: 'An earlier attempt at the job {id} was committed.',
    cause:
      'An instance was lost between the COMMIT of a job and the moment when it said so, or worked on after it had lost its claim. The transaction of this attempt was rolled back: the job happens once.',
    fix: 'Nothing: the job counts as done.',
    stack: false,
  },
  'FUL-3103': {
    name: 'JobClaimLost',
    status: 503,
    title: 'The job is not this instance’s to run any more',
    message: 'The claim of the job {id} has ended: {reason}.',
    cause:
      'The instance could not tell in time that it was still working on the job (it stood still, or did not reach the database), so that another one may have begun; or it is shutting down, and the job did not end within `drain`.',
    fix: 'Nothing: the job is run again. A handler that works outside of the database should look at `ctx.signal`.',
    stack: false,
  },
  'FUL-3104': {
    name: 'NotEnqueued',
    status: 500,
    title: 'A job cannot be enqueued here',
    message: '"{job}" cannot be enqueued: {reason}.',
    cause:
      'Jobs are enqueued by commands, by jobs, and from outside with `app.enqueue`; and their module has to be loaded.',
    fix: 'Enqueue it from a command, and load the module that declares it.',
  },
} as const
