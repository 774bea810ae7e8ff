/** 33xx: modules in other processes. */
export const REMOTE_ERRORS = {
  'FUL-3301': {
    name: 'RemoteUnreachable',
    status: 503,
    title: 'The process of a module cannot be reached',
    message: 'Module {module} at {server} cannot be reached: {reason}.',
    cause:
      'The module runs in another process, and no connection to it could be made, or that was lost before a query was answered. Nothing was changed.',
    fix: 'Try again. Operators: see whether the process runs, and whether the `url` of the module is right.',
    retryAfter: 1,
    stack: false,
  },
  'FUL-3302': {
    name: 'RemoteOutcomeUnknown',
    status: 502,
    title: 'It is unknown whether a command in another process took effect',
    message: 'Module {module} did not answer: {reason}. Whether the command took effect is unknown.',
    cause:
      'The command was sent to the process of its module, and the answer was lost or did not come within the deadline. A command that declares `idempotency` is sent again with the same key before this is said.',
    fix: 'Repeat it with the same idempotency key, where it has one. Otherwise look whether it took effect before repeating it.',
    expose: true,
    stack: false,
  },
  'FUL-3303': {
    name: 'RemoteAnswerUnreadable',
    status: 502,
    title: 'What answered is not the process of the module',
    message: 'Module {module} at {server} answered with status {status}: {reason}.',
    cause:
      'Something else answered, such as a proxy; or the two processes do not share a key, or are of releases that do not know each other.',
    fix: 'See that `url` leads to the internal interface of the module, and that both sides have a key of `internal.keys` in common.',
  },
  'FUL-3304': {
    name: 'InternalCallRefused',
    status: 401,
    title: 'An internal call is not signed by a process that is trusted',
    message: 'The internal call is refused: {reason}.',
    cause:
      'Internal calls say who calls without proving it, so only processes that share a key with this one may make them, and each call is signed anew.',
    fix: 'Give both processes the same key in `internal.keys`, and see that their clocks agree to within a minute.',
    stack: false,
  },
  'FUL-3305': {
    name: 'RemoteInTransaction',
    status: 500,
    title: 'Another process takes no part in a transaction',
    message: 'It called "{callee}", which another process answers, inside a transaction.',
    cause:
      'What the other process does would stay when the transaction is rolled back, what it reads would be of another moment, and locks would be held while a network answers.',
    fix: 'Call it before the transaction, from a job, or let an event tell the other module.',
  },
  'FUL-3306': {
    name: 'RemoteModuleProblem',
    status: 502,
    title: 'A module in another process failed in a way that is not known here',
    message: 'Module {module} failed with {problem}.',
    cause:
      'The process of the module is of a release that has errors which this one does not know, or its signatures declare errors that these do not.',
    fix: 'Bring both processes to the same release; the log of the other one has the rest.',
  },
  'FUL-3307': {
    name: 'NotTransferable',
    status: 500,
    title: 'A value cannot travel to another process',
    message:
      'Its {part} holds what another process would not get as it is: a function, a symbol, an instance of a class, or text that is no Unicode.',
    cause: 'Inputs and outputs of a module in another process travel as data.',
    fix: 'Let the schemas produce plain data, dates, maps, sets, big integers or binary data.',
  },
} as const
