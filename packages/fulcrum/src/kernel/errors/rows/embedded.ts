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
  'FUL-5008': {
    name: 'ClusterDirectoryUnreachable',
    status: 500,
    title: "PostgreSQL's account cannot enter the directory of the cluster",
    message:
      '{directory} cannot be entered by uid {uid}, under which PostgreSQL runs because it refuses root.',
    cause: 'A directory above it may be entered by its owner only, and PostgreSQL does not run as root.',
    fix: 'Choose another directory, leave the choice to Fulcrum, or start the application as the owner of the directory.',
  },
  'FUL-5009': {
    name: 'ClusterOfOtherUser',
    status: 500,
    title: 'The cluster belongs to another user',
    message: '{directory} belongs to uid {owner}, and this process can only use what belongs to uid {uid}.',
    cause: 'The application was started as another user before.',
    fix: 'Start the application as that user, choose another directory, or remove the directory when its data can be thrown away.',
  },
  'FUL-5010': {
    name: 'PortTaken',
    status: 500,
    title: 'The port of the embedded cluster is taken',
    message: 'Port {port} of 127.0.0.1 is taken by another program.',
    cause: 'The `port` option names a port on which somebody else listens.',
    fix: 'Stop the other program, choose another port, or leave the option out for a free one.',
  },
  'FUL-5011': {
    name: 'DataInUse',
    status: 500,
    title: 'The data is in use and cannot be thrown away',
    message: 'The data was not thrown away: {instances} other instance(s) and {sessions} session(s) use it.',
    cause: 'A start with `fresh` found instances attached to the cluster or sessions open on it.',
    fix: 'Stop the other instances and clients first.',
  },
  'FUL-5012': {
    name: 'EmbeddedClusterFailed',
    status: 500,
    title: 'The embedded cluster failed',
    message: 'The embedded cluster could not be started: {reason}',
    cause:
      'The supervisor met an error of the operating system or of PostgreSQL that has no code of its own.',
    fix: 'Remove the reason. The log of the supervisor, `supervisor.log` in the directory of the cluster, says more.',
  },
  'FUL-5013': {
    name: 'SupervisorSilent',
    status: 500,
    title: 'The supervisor of the embedded cluster does not answer',
    message: 'No supervisor of the cluster in {directory} answered. The end of its log ({log}): {reason}',
    cause: 'The supervisor could not be started, or it ended again before it answered.',
    fix: 'Read the log of the supervisor.',
  },
} as const
