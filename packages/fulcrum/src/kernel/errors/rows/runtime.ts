/** 3xxx: an operation failed while it ran. */
export const RUNTIME_ERRORS = {
  'FUL-3000': {
    name: 'Internal',
    status: 500,
    title: 'Internal error',
    message: 'The operation failed unexpectedly.',
    cause:
      'A handler or a part of the server threw an error that is not declared. The log has the error; callers see only this.',
    fix: 'Find the error in the log by request id. Declare errors that callers should be able to handle.',
  },
  'FUL-3001': {
    name: 'DeadlineExceeded',
    status: 504,
    title: 'The deadline has passed',
    message: 'The operation did not finish within {budget}.',
    cause:
      "The operation took longer than its `latency.deadline`, or than the caller's deadline. Statements in progress were cancelled.",
    fix: 'Make the operation faster, or give it a longer deadline.',
    expose: true,
    stack: false,
  },
  'FUL-3002': {
    name: 'Unavailable',
    status: 503,
    title: 'A part that the operation needs is unavailable',
    message: '{dependency} is unavailable: {reason}.',
    cause: 'A database, a cache or another dependency cannot be reached or refuses work.',
    fix: 'Try again later. Operators: `/readyz` and the log name the dependency.',
    retryAfter: 1,
    stack: false,
  },
  'FUL-3003': {
    name: 'Draining',
    status: 503,
    title: 'The server is shutting down',
    message: 'The server is shutting down and takes no new work.',
    cause: 'The instance received a request after it began to shut down.',
    fix: 'Try again; another instance will answer.',
    expose: true,
    retryAfter: 1,
    stack: false,
  },
  'FUL-3004': {
    name: 'SerializationExhausted',
    status: 503,
    title: 'Too much contention',
    message: 'The transaction met concurrent changes in each of {attempts} attempts.',
    cause:
      'PostgreSQL aborted every attempt with a serialization failure or a deadlock (SQLSTATE 40001, 40P01). Nothing was changed.',
    fix: 'Try again. If it happens often, make the transaction shorter or touch fewer rows that others change.',
    expose: true,
    retryAfter: 1,
  },
  'FUL-3005': {
    name: 'ConnectionLost',
    status: 503,
    title: 'The connection to the database was lost',
    message: 'The connection to {node} was lost: {reason}.',
    cause: 'The database restarted, failed over or closed the connection. The work was not committed.',
    fix: 'Try again.',
    retryAfter: 1,
  },
  'FUL-3006': {
    name: 'CommitUnknown',
    status: 500,
    title: 'It is unknown whether the change was made',
    message: 'The connection was lost during COMMIT and the outcome could not be found out.',
    cause: 'The answer to COMMIT was lost and the transaction status could not be read within the deadline.',
    fix: 'Read the resource to see whether the change was made before repeating the command.',
    expose: true,
  },
  'FUL-3007': {
    name: 'CallNotAllowed',
    status: 500,
    title: 'An operation may not call this operation',
    message: 'It may not call "{callee}": {reason}. Allowed: {allowed}.',
    cause:
      'A query never changes data, a command may join another module inside its transaction only where `transaction.joins` says so, and whatever else a handler calls of other modules is named in its `calls`.',
    fix: 'Name it in `calls` where the handler is bound, `on(operation, handler, { calls: [...] })`; a command of another module in `transaction.joins`, or call it from outside the transaction.',
  },
  'FUL-3008': {
    name: 'OutputInvalid',
    status: 500,
    title: 'The output does not match its schema',
    message: 'The handler returned an output that does not match the schema: {summary}.',
    cause: 'The handler and the output schema of the signature disagree.',
    fix: 'Correct the handler or the schema. The log lists every issue.',
  },
  'FUL-3009': {
    name: 'UndeclaredError',
    status: 500,
    title: 'The handler failed with an undeclared error',
    message: 'The handler failed with {found}, which the signature does not declare. Declared: {declared}.',
    cause: 'Callers are typed against the declared errors, so a handler may only fail with those.',
    fix: "Add the error to the signature's `errors`, or handle it.",
  },
  'FUL-3010': {
    name: 'UnknownOperation',
    status: 500,
    title: 'The application does not have this operation',
    message: 'The application has no operation "{found}".{hint}',
    cause: 'A signature was called whose module is not part of the running application.',
    fix: 'Add the module to the configuration.',
  },
  'FUL-3011': {
    name: 'StopTimeout',
    status: 500,
    title: 'A part did not stop in time',
    message: '{part} did not stop within {limit}.',
    cause:
      'A server, a pool or another part was still busy when its time limit for shutting down had passed.',
    fix: 'Find what keeps it busy, or raise the limit.',
  },
  'FUL-3012': {
    name: 'NotRunning',
    status: 500,
    title: 'The application is not running',
    message: '{part} cannot be used: {reason}.',
    cause: 'A part was used before it had started or after it had stopped.',
    fix: 'Use it between start and stop.',
  },
  'FUL-3013': {
    name: 'PreconditionUnchecked',
    status: 500,
    title: 'The handler did not check the precondition',
    message: 'The caller sent If-Match, but the handler did not compare it. Nothing was changed.',
    cause:
      'The command accepts `If-Match` (`transaction.ifMatch`), but its handler returned without calling `ctx.matches(version)`.',
    fix: 'Call `ctx.matches` with the current version before changing anything.',
  },
  'FUL-3014': {
    name: 'NestedInputInvalid',
    status: 500,
    title: 'An operation called another one with an invalid input',
    message: 'It called "{callee}" with an invalid input: {summary}.',
    cause:
      'The handler passed an input that the schema of the called operation refuses. Its own caller cannot mend that.',
    fix: 'Correct the input that the handler passes to `ctx.call`, or validate it in the own schema.',
  },
  'FUL-3015': {
    name: 'NotFreshEnough',
    status: 503,
    title: 'Nothing in reach can be shown to be fresh enough',
    message: 'The read needs {needed}, and no node in reach can be shown to have it: {nodes}.',
    cause:
      'The primary cannot be reached, and no replica is known to have what the session has written or seen, or to be as fresh as the contract demands. Or until the deadline was near a transaction was open on the primary that may be part of what a replica has shown, and no replica caught up.',
    fix: "Try again. If the primary is there, look for transactions that are open for long (`pg_stat_activity.xact_start`). To get an old value rather than none while the primary is away, declare `onPartition: 'serve-stale'` with `maxStale`.",
    retryAfter: 1,
    stack: false,
  },
  'FUL-3016': {
    name: 'CommittedNotReplicated',
    status: 500,
    title: 'The change was made, but is not known to be replicated',
    message:
      'The change was committed on the primary, but no synchronous standby has confirmed it: {reason}.',
    cause:
      'The command asks for `durability: replicated`, and the wait for a synchronous standby was ended: by the deadline, by somebody who cancelled it, or by a shutdown of the primary. The change is there and visible, and a failover could lose it. It is neither a success nor a failure.',
    fix: 'Do not repeat the command: it has taken effect. Read the resource to go on. Operators: see why no standby confirms (`pg_stat_replication`).',
    expose: true,
  },
  'FUL-3017': {
    name: 'InputNotKeyed',
    status: 500,
    title: 'The input cannot be told from others',
    message:
      'Its answers are kept by input, but the input holds a {found}, of which two cannot be told apart.',
    cause:
      'Answers of cached queries and of idempotent commands are kept by input. Functions, symbols and instances of classes without `toJSON` have no text that is equal for equal ones and different for different ones.',
    fix: 'Let the input schema produce plain data, dates, maps, sets, binary data or objects with `toJSON`.',
  },
  'FUL-3018': {
    name: 'PrincipalOutOfScope',
    status: 500,
    title: 'A shared answer depends on who asked first',
    message: 'The handler reads {part} of its caller, but its answers are cached for {whom}.',
    cause:
      'An answer that is cached for many callers must not depend on one of them: the others would be given what is his.',
    fix: "Declare `cache.scope: 'principal'` (or `'tenant'` where the tenant is all it needs), or leave the caller out of the handler.",
  },
  'FUL-3019': {
    name: 'BulkAnswersMissing',
    status: 500,
    title: 'The bulk form of a handler did not return one answer for each input',
    message: 'Its bulk form (many) was given {expected} inputs and returned {found}.',
    cause:
      'Answers are matched to inputs by their order, so there has to be one for each, also where something is not there.',
    fix: 'Return a list with one answer for each input, in their order; `ctx.failure(…)` stands for an input that has none.',
  },
  'FUL-3020': {
    name: 'IdempotencyKeyNotMade',
    status: 500,
    title: 'No idempotency key could be made of the input',
    message: '`idempotency.key` has made {found} of the input. Allowed: a text of 1 to {longest} characters.',
    cause: 'The contract makes the key of a call from its input, and its function returned no usable one.',
    fix: 'Let `idempotency.key` return what makes two inputs the same call, such as an order number.',
  },
  'FUL-3021': {
    name: 'AnswerNotKept',
    status: 500,
    title: 'An answer cannot be kept for repetitions',
    message:
      'Its {part} holds what cannot be kept: a function, a symbol, an instance of a class, or text that is no Unicode. Nothing was changed.',
    cause:
      'The answer of an idempotent command is kept as data, so that a repetition is given the same one. This one would not come out as it went in.',
    fix: 'Let the schema produce plain data, dates, maps, sets, big integers or binary data.',
  },
  'FUL-3022': {
    name: 'AnswerNotReadable',
    status: 500,
    title: 'The answer of an earlier call cannot be read',
    message:
      'The call took effect before, and its answer was kept, but this version of the application reads {found}.',
    cause: 'Another version of the application kept the answer, and the signature has changed since.',
    fix: 'The command has taken effect: do not repeat it with a new key. Keep declared errors in the signature for as long as answers are kept (`idempotency.ttl`).',
  },
  'FUL-3030': {
    name: 'EventInvalid',
    status: 500,
    title: 'The data of an event does not match its schema',
    message: 'It emitted {event} with data that does not match its schema: {summary}.',
    cause:
      'Subscribers rely on what the event declares, so an event that breaks it is not written, and neither is what it would have told of.',
    fix: 'Emit what the schema of the event accepts, or change the schema.',
  },
  'FUL-3031': {
    name: 'EventNotDeclared',
    status: 500,
    title: 'An event was emitted that the operation does not declare',
    message: 'It emitted {found}. Declared in its `emits`: {declared}.',
    cause: 'What an operation emits is a part of its signature.',
    fix: 'Add the event to `emits` of the operation.',
  },
  'FUL-3040': {
    name: 'BatchQueueFull',
    status: 503,
    title: 'Too many calls are waiting',
    message:
      '{waiting} calls of the operation are waiting to be carried out in batches, and no more may wait.',
    cause:
      'Calls arrive faster than their batches are carried out, and ten times `throughput.batch.size` are waiting. Nothing was done for this one.',
    fix: 'Try again. If it happens often, make the batch form faster, raise `size`, or run more instances.',
    expose: true,
    retryAfter: 1,
    stack: false,
  },
  'FUL-3041': {
    name: 'SeveralPrincipals',
    status: 500,
    title: 'The caller of a batch is not one',
    message: '{part} of the caller was read in a batch, which is carried out for several callers.',
    cause:
      'A batch may have calls of different callers, so what it reads or calls must not depend on one of them: `ctx.principal` is not there, and what the form calls has no caller.',
    fix: 'Read `ctx.principals`, which has the caller of each input; pass what another operation has to know of a caller in its input.',
  },
  'FUL-3042': {
    name: 'EndedBefore',
    status: 500,
    title: 'An accepted call was not carried out',
    message: 'The application ended before it was carried out.',
    cause:
      "The command answers before it is carried out (`throughput.acknowledge: 'accepted'`), and when the application closed, its queue was not empty within the time for draining. It is in the log, and its caller was not told.",
    fix: 'See why batches took so long, or give `drain` more time.',
    stack: false,
  },
  'FUL-3050': {
    name: 'ProjectionBehind',
    status: 503,
    title: 'The read model does not have what the caller has to see',
    message: 'The projection {projection} does not have what the caller has to see yet.',
    cause:
      'A query that reads a projection waits for it, for as long as its deadline allows: strong for everything that is committed, in a session for what that has written. The projection is slow or not running, or an event has failed, without which it does not count as complete.',
    fix: "Look at `fulcrum_event_lag_seconds` and at the dead letters of the projection. Where callers can do with less, declare `consistency: 'eventual'`.",
    retryAfter: 1,
  },
} as const
