/** 5xxx: embedded cluster. */
export const EMBEDDED_ERRORS = {
  'FUL-5001': {
    name: 'NoEmbeddedPostgres',
    status: 500,
    title: 'There is no embedded PostgreSQL for this platform',
    message:
      'The embedded PostgreSQL does not run on {found}. Allowed: {allowed}; elsewhere set DATABASE_URL to a PostgreSQL server of your own.',
    cause: 'The embedded cluster is made for Linux on x64 and arm64.',
    fix: 'Run a PostgreSQL server (15 or later) and set DATABASE_URL, and DATABASE_REPLICA_URLS for its replicas.',
  },
  'FUL-5002': {
    name: 'ServerDidNotStart',
    status: 500,
    title: 'A PostgreSQL server did not start',
    message: 'The PostgreSQL server {node} did not start: {reason}. Its log: {log}.',
    cause: 'PostgreSQL ended, or did not accept connections in time. The message quotes the end of its log.',
    fix: 'Read the log. When the data can be thrown away, start once with `fresh` (`--fresh` on the command line).',
  },
  'FUL-5003': {
    name: 'DataDirectoryInUse',
    status: 500,
    title: 'A PostgreSQL server already runs on the data directory',
    message: 'Processes of a PostgreSQL server use {directory} and did not end.',
    cause: 'Two servers on one data directory would destroy the data, so the second is not started.',
    fix: 'Stop the server that uses the directory.',
  },
  'FUL-5004': {
    name: 'InitdbFailed',
    status: 500,
    title: 'The data directory could not be made',
    message: 'initdb {command} failed: {reason}',
    cause: 'The disk is full, the directory cannot be written, or the programs do not run on this machine.',
    fix: 'Remove the reason that initdb gives, or use a PostgreSQL server of your own (DATABASE_URL).',
  },
  'FUL-5005': {
    name: 'TablespacesNotCopied',
    status: 500,
    title: 'The embedded primary has tablespaces',
    message:
      'The embedded primary has {found} tablespace(s) outside its data directory, so no replica can be made of it.',
    cause: 'A replica on the same machine would use the same files as its primary.',
    fix: 'Move the tables into the default tablespace and drop the others, or start without replicas.',
  },
  'FUL-5006': {
    name: 'DataOfOtherMajor',
    status: 500,
    title: 'The data belongs to another major version of PostgreSQL',
    message:
      '{directory} holds data of PostgreSQL {found}; installed is PostgreSQL {installed} ({version}). Install the platform package of version {found}, or dump the data with that version and load it into a new directory, or start once with `fresh` to throw the data away.',
    cause:
      'The format of the data differs between major versions, and the platform packages hold no pg_upgrade.',
    fix: 'Do one of the three things in the message.',
  },
  'FUL-5007': {
    name: 'ReplicaDidNotStream',
    status: 500,
    title: 'A replica does not follow its primary',
    message:
      '{node} was built anew and still did not stream from its primary within {seconds} s. Its log: {log}.',
    cause: 'The replica cannot connect to its primary, or cannot replay its WAL.',
    fix: 'Read the log of the replica. The primary is not affected.',
  },
} as const
