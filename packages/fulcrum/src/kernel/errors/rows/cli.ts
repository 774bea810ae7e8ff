/** 6xxx: command line. */
export const CLI_ERRORS = {
  'FUL-6001': {
    name: 'ConfigNotFound',
    status: 500,
    title: 'There is no configuration file',
    message: '{path} does not exist. Allowed: {allowed}.',
    cause:
      'The command looks for the configuration in the working directory, or where `--config` says, and found none.',
    fix: 'Run the command in the directory of the project, name the file with `--config`, or begin with `fulcrum init`.',
  },
  'FUL-6002': {
    name: 'ConfigNotLoaded',
    status: 500,
    title: 'The configuration could not be loaded',
    message: '{path} could not be loaded: {reason}.',
    cause:
      'The configuration file, or something that it imports, has a syntax error, imports what does not exist, or threw while it was loaded.',
    fix: 'Correct the place that the message names. TypeScript is run as it is, without a build: only syntax that can be erased is allowed.',
  },
  'FUL-6003': {
    name: 'ConfigNotExported',
    status: 500,
    title: 'The configuration file exports no configuration',
    message: '{path} exports {found} as its default. Allowed: {allowed}.',
    cause: 'The default export of the configuration file is the application.',
    fix: 'End the file with `export default defineConfig({ … })`.',
  },
  'FUL-6004': {
    name: 'UnknownName',
    status: 500,
    title: 'An argument names something that the application does not have',
    message: '{argument} is {found}, which the application does not have.{hint} Allowed: {allowed}.',
    cause: 'No module of the configuration has an operation, or the configuration no module, of that name.',
    fix: 'Use one of the names; `fulcrum explain` lists all operations by module.',
  },
  'FUL-6005': {
    name: 'DirectoryNotEmpty',
    status: 500,
    title: 'The directory for a new project is not empty',
    message: '{path} has {found}. Allowed: a directory that is new or empty.',
    cause: '`fulcrum init` writes a whole project and never overwrites anything.',
    fix: 'Name another directory.',
  },
  'FUL-6006': {
    name: 'InvalidArgument',
    status: 500,
    title: 'An argument or a variable of the command line is not allowed',
    message: '{argument} is {found}. Allowed: {allowed}.',
    cause: 'The value has the wrong form or is out of range.',
    fix: 'Use one of the allowed values; `--help` describes each.',
  },
} as const
