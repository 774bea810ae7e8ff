/** 4xxx: PostgreSQL adapter and migrations. */
export const POSTGRES_ERRORS = {
  'FUL-4001': {
    name: 'WrongServer',
    status: 503,
    title: 'A database URL leads to another server',
    message: '{node} is {found}; expected {expected}.',
    cause:
      'Every new connection is checked for the cluster and the timeline that it belongs to. This one belongs to another cluster, or to a primary that has been replaced.',
    fix: 'Correct the URL, or the load balancer or name behind it. Restart the application when the data was deliberately replaced by another cluster.',
    retryAfter: 1,
  },
  'FUL-4002': {
    name: 'WrongRole',
    status: 503,
    title: 'A database URL leads to a server in another role',
    message: '{node} is {found}, but is configured as the {expected}.',
    cause: 'The URLs of primary and replica are mixed up, or a failover has changed the roles.',
    fix: 'Exchange the URLs, or point the name behind the URL at the right server.',
    retryAfter: 1,
  },
  'FUL-4003': {
    name: 'QueryMayNotWrite',
    status: 500,
    title: 'A query tried to change data',
    message: 'A query may not change data, but this statement does: {text}. It ran on {node}.',
    cause: 'Queries run in read-only transactions, because they may be served by a replica and be repeated.',
    fix: 'Make the operation a command, or the statement one that only reads.',
  },
  'FUL-4004': {
    name: 'TransactionAborted',
    status: 500,
    title: 'A transaction could not be committed because a statement in it had failed',
    message: 'The transaction was rolled back, because a statement in it had failed: {reason}.',
    cause:
      'The handler caught the error of a statement and went on. PostgreSQL refuses to commit a transaction in which a statement has failed.',
    fix: 'Let the error pass, or avoid it in SQL (`ON CONFLICT`, a condition) instead of catching it.',
  },
  'FUL-4005': {
    name: 'ServerTooOld',
    status: 500,
    title: 'The PostgreSQL server is too old',
    message: '{node} runs PostgreSQL {found}. Allowed: 15 and later.',
    cause: 'Fulcrum uses functions that older versions do not have.',
    fix: 'Upgrade the server.',
  },
  'FUL-4006': {
    name: 'StatementNotAllowed',
    status: 500,
    title: 'A statement interferes with the connection',
    message: 'The statement {found} is not allowed here: {reason}. Allowed: {allowed}.',
    cause:
      'Connections are shared between calls and transactions belong to the runtime, so a statement must not leave anything behind on its connection, nor begin or end a transaction.',
    fix: 'Declare the isolation in `transaction`, use SET LOCAL inside a command, or use a connection of your own.',
  },
  'FUL-4010': {
    name: 'NotOfACall',
    status: 500,
    title: "A query builder was asked for what is not a call's to do",
    message:
      '{method} is not available in a handler: connections and transactions belong to the plan. Allowed: queries.',
    cause: 'A handler used its query builder to begin a transaction, to stream, or to end the connection.',
    fix: 'Make the operation a command, which is one transaction; read large results page by page.',
  },
} as const
