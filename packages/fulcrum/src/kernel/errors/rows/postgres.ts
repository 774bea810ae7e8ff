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
  'FUL-4007': {
    name: 'PositionTooGreat',
    status: 500,
    title: "The server's write-ahead log is too long",
    message: '{node} is at position {found} of its write-ahead log. Allowed: below {allowed}.',
    cause:
      'Positions are kept as numbers, which are exact up to 2^53: nine petabytes of log since the cluster was made.',
    fix: 'Move the data to a cluster made by a new initdb (dump and restore, or logical replication): positions begin at zero there.',
  },
  'FUL-4008': {
    name: 'SecondStatement',
    status: 500,
    title: 'A query ran a second statement',
    message: 'The query ran a second statement, which could see another state than the first: {text}.',
    cause:
      'What the query returns is cached, or shown to a session that must not go back in time, so all of it has to be of one moment. One statement is; two are not.',
    fix: 'Make it one statement, or declare `consistency.snapshot: true`: all statements of a call then see one snapshot.',
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
  'FUL-4020': {
    name: 'MigrationChanged',
    status: 500,
    title: 'An applied migration was changed',
    message:
      'The step "{name}" of module "{module}" was changed after it had been applied (now {found}, applied {expected}).',
    cause:
      'The file differs from what this database has run, so a new database would get another schema than this one has.',
    fix: 'Restore the file, and make the change in a new step.',
  },
  'FUL-4021': {
    name: 'MigrationVanished',
    status: 500,
    title: 'An applied migration is missing',
    message:
      'The step "{name}" of module "{module}" was applied to this database, but is not there any more.',
    cause: 'The file was removed or renamed, or an older version of the application is being started.',
    fix: 'Restore the file, or start the version of the application that has it.',
  },
  'FUL-4022': {
    name: 'MigrationOutOfOrder',
    status: 500,
    title: 'A new migration comes before an applied one',
    message: 'The new step "{name}" of module "{module}" comes before "{last}", which is already applied.',
    cause:
      'Steps are applied in the order of their names, and this database has gone past that point. Two branches may have been merged.',
    fix: 'Rename the new step so that it comes last.',
  },
  'FUL-4023': {
    name: 'MigrationHalfDone',
    status: 500,
    title: 'A migration without a transaction did not finish',
    message:
      'The step "{name}" of module "{module}" runs without a transaction and did not finish: {reason}.{leftovers} Bring the schema in order, then run `{again}` to have the step run again, or `{done}` to take it as done.',
    cause:
      'Steps without a transaction cannot be rolled back: what they did before they failed is still there.',
    fix: 'Look at what the step has done, complete or undo it by hand, then run one of the two statements of the message.',
  },
  'FUL-4024': {
    name: 'MigrationFailed',
    status: 500,
    title: 'A migration failed',
    message: 'The step "{name}" of module "{module}" failed and was rolled back: {reason}.',
    cause: 'The database refused a statement of the step. Steps before it stay applied.',
    fix: 'Correct the step.',
  },
  'FUL-4025': {
    name: 'MigrationInvalid',
    status: 500,
    title: 'A migration cannot be used',
    message: 'The step {name} of module "{module}" cannot be used: {reason}. Allowed: {allowed}.',
    cause: 'The folder cannot be read, or a file or list entry does not have the form of a migration.',
    fix: 'Correct it as the message says.',
  },
  'FUL-4026': {
    name: 'MigrationLocked',
    status: 503,
    title: 'Another instance is migrating',
    message: 'Another instance held the migration lock of the database until the time was up.',
    cause: 'Only one instance migrates at a time. A step of the other one takes long, or waits for a lock.',
    fix: "Wait until it is done. `SELECT pid FROM pg_locks WHERE locktype = 'advisory'` shows who holds it.",
    retryAfter: 5,
  },
  'FUL-4027': {
    name: 'SecretNotKept',
    status: 500,
    title: 'The database user may not keep a secret',
    message: 'The secret "{name}" can neither be read from fulcrum.secret nor be put there: {reason}.',
    cause:
      'Without configured keys, the instances share one in the database; the first start makes the table, and the user of this one may not.',
    fix: 'Configure `session.keys`; or run `fulcrum migrate` as a user who may create it, and GRANT USAGE ON SCHEMA fulcrum and SELECT ON fulcrum.secret.',
  },
  'FUL-4030': {
    name: 'LogicalDecodingOff',
    status: 500,
    title: 'The PostgreSQL server does not keep what following changes needs',
    message: '{node} has `wal_level = {found}`. Allowed: logical.',
    cause:
      'Changes are followed by logical decoding, for which the write-ahead log has to carry more than is needed for replicas.',
    fix: "Set `wal_level = logical` and restart the server, or turn the change stream off: `postgres({ changeStream: false })`, and use another invalidation than `'log'`.",
  },
  'FUL-4031': {
    name: 'ReplicationRefused',
    status: 500,
    title: 'The PostgreSQL server does not let the user follow changes',
    message: '{node} does not accept a replication connection: {reason}.',
    cause:
      'Changes are followed over a replication connection. The role has no REPLICATION attribute, `pg_hba.conf` does not let it in, or a pooler stands in between that does not know such connections.',
    fix: 'Run `ALTER ROLE … REPLICATION` as a superuser (a managed service has a role to grant for this), and let the URL lead to the server itself.',
  },
  'FUL-4032': {
    name: 'ReplicationSlotsInUse',
    status: 503,
    title: 'The PostgreSQL server has no replication slot left',
    message: '{node} has no replication slot or WAL sender left: {reason}.',
    cause: 'Every instance that follows changes uses one of each, and so does every replica.',
    fix: 'Raise `max_replication_slots` and `max_wal_senders` to the number of instances and replicas and some more, and restart the server; drop slots that nobody uses (`pg_replication_slots`).',
    retryAfter: 5,
  },
  'FUL-4033': {
    name: 'TableCannotBeFollowed',
    status: 500,
    title: 'The changes of a table cannot be followed',
    message: 'Changes cannot be followed: {problems}.',
    cause:
      'A module declares `rows` for a table that does not exist in its schema, or whose changes PostgreSQL does not tell in a way that can be relied on.',
    fix: 'Correct the name of the table in `rows`, or the table as the message says.',
  },
  'FUL-4034': {
    name: 'TableNotPublished',
    status: 500,
    title: 'A table is not published, and the user may not publish it',
    message: 'The user {user} may not publish {tables}: {reason}. As their owner, run: {sql}',
    cause:
      'The server tells the changes of published tables only. Each followed table has a publication of its own, which is created when it is missing. That takes the owner of the table, with CREATE on the database.',
    fix: 'Run the statements of the message as the owner of the tables, for example in a migration.',
  },
  'FUL-4035': {
    name: 'TakenForStandby',
    status: 500,
    title: 'The change stream would count as a synchronous standby',
    message:
      '`synchronous_standby_names` of {node} is {found}, which matches the application name {name} of the change stream.',
    cause:
      'Commits would wait for the change stream instead of a standby, and be acknowledged although no standby has them.',
    fix: 'Name the standbys in `synchronous_standby_names` instead of using `*`.',
  },
  'FUL-4036': {
    name: 'ChangeStreamMalformed',
    status: 500,
    title: 'The change stream cannot be read',
    message: 'The change stream cannot be read: {reason}.',
    cause: 'What the server sent does not follow the protocol of the output plugin `pgoutput`, version 1.',
    fix: 'Look for a proxy that speaks the protocol in its own way. Otherwise this is a bug: please report it with the version of the server.',
  },
  'FUL-4037': {
    name: 'ColumnNotTold',
    status: 500,
    title: 'A column of a changed row is not told',
    message:
      'The column "{column}" of {table} was read, but the change does not tell it: it does not belong to the replica identity of the table, or is a large value that was not changed.',
    cause:
      'Of rows that were deleted, and of the state before an update, the database tells the replica identity only, which is the primary key by default. Tags that are derived from other columns could be missed.',
    fix: 'Use columns of the replica identity in `rows`, or let it have the column: `ALTER TABLE … REPLICA IDENTITY USING INDEX …` (a unique index over key and column) or `REPLICA IDENTITY FULL`.',
  },
  'FUL-4040': {
    name: 'CommitsMayBeLost',
    status: 500,
    title: 'The server acknowledges changes before they are safe',
    message: '{node} has `synchronous_commit = off` for this connection. Allowed: any other value.',
    cause:
      'Some query has a session level or a bound of staleness. Both go by positions in the log, and with this setting a crash takes back positions of changes that were acknowledged and gives them to others, without anybody noticing.',
    fix: 'Remove the setting from the server, the database, the role (`ALTER ROLE … RESET synchronous_commit`) or the connection options. For single commands whose loss does not matter, use a database of their own.',
  },
  'FUL-4041': {
    name: 'NoReplayPositions',
    status: 500,
    title: 'The server is one of Amazon Aurora, whose nodes share their storage',
    message:
      '{node} is a server of Amazon Aurora, whose nodes share one storage instead of replaying a log. Allowed: PostgreSQL with streaming replication.',
    cause:
      'Replicas, session levels and bounds of staleness go by the position up to which a node has flushed or replayed the log. These nodes have none that could be compared.',
    fix: 'Use the writer only, with strong and eventual reads and without `replicas`; or PostgreSQL with streaming replicas (RDS has them).',
  },
  'FUL-4042': {
    name: 'TransactionsPooled',
    status: 500,
    title: 'A proxy in front of the server pools transactions',
    message:
      '{node} is behind a proxy that gives the transactions of one connection to different sessions of the server. Allowed: one session for as long as a connection lasts.',
    cause:
      'What is known about a connection (the server that it leads to, its settings, its prepared statements, its process for cancelling) is known of a session. Where transactions are pooled, the next statement may run in another one.',
    fix: 'Let the URL lead to the server itself, or to a port of the proxy that pools sessions (PgBouncer: `pool_mode = session`). Fulcrum shares connections between calls by itself.',
  },
  'FUL-4043': {
    name: 'NoSynchronousStandby',
    status: 500,
    title: 'The server has no synchronous standby to wait for',
    message: '{node} has an empty `synchronous_standby_names`. Allowed: the names of standbys.',
    cause:
      "Some command declares `transaction.durability: 'replicated'`: COMMIT waits until a synchronous standby shows the changes. Without names the server waits for nobody, and says nothing.",
    fix: "Name standbys in `synchronous_standby_names` (`ANY 1 (one, two)` goes on when one of them fails), or declare `durability: 'local'`.",
  },
  'FUL-4050': {
    name: 'SubscriptionsOfAnotherServer',
    status: 500,
    title: 'Subscriptions were restored from the dump of another server',
    message: 'The subscriptions {names} have seen transactions that this server has not.',
    cause:
      'What a subscriber has been given is known by transaction ids, which mean nothing on another server. The database was restored with pg_restore or psql, which copies the rows of `fulcrum.subscription` as they were.',
    fix: 'Decide where the subscribers go on. To begin with the events that are committed from now on, `DELETE FROM fulcrum.subscription` before the application starts; events that were not delivered can be given to them from `fulcrum.outbox`. Physical backups, replicas and pg_upgrade keep transaction ids and are not affected.',
  },
  'FUL-4051': {
    name: 'EventsMissing',
    status: 500,
    title: 'A projection cannot be built from the events that are left',
    message:
      'The projection {name} is new, and of {missing}, which it is kept from, events have been deleted already.',
    cause:
      'A projection is built from the events that are kept. They are deleted when every subscriber has had them and they are older than `events.keep`, so what the first ones have told is in the tables of their modules only.',
    fix: 'Give the projection a `seed`, which fills its tables from those of the modules; events that are not in what it has read come after it.',
  },
} as const
