/** 1xxx: declarations and configuration that are refused at boot. */
export const BOOT_ERRORS = {
  'FUL-1000': {
    name: 'BootFailed',
    status: 500,
    title: 'The application was refused at boot',
    message: 'The application was refused at boot for {count} reason(s):{list}',
    cause:
      'One or more declarations or settings are wrong. All of them are listed, each with a code of its own.',
    fix: 'Look up the code of each line and correct the declaration that it names.',
  },
  'FUL-1001': {
    name: 'UnknownField',
    status: 500,
    title: 'A declaration has an unknown field',
    message: '{field} is not a field.{hint} Allowed: {allowed}.',
    cause: 'Declarations are closed: a field that Fulcrum does not know would be ignored, so it is refused.',
    fix: 'Correct the spelling, or remove the field.',
  },
  'FUL-1002': {
    name: 'InvalidValue',
    status: 500,
    title: 'A declared value is not allowed',
    message: '{field} is {found}. Allowed: {allowed}.',
    cause: 'The value of the field has the wrong type, is out of range or is not one of the choices.',
    fix: 'Use one of the allowed values.',
  },
  'FUL-1003': {
    name: 'NotYetEnforced',
    status: 500,
    title: 'A declared value is not enforced by this version',
    message: '{field} is {found}, which this version does not enforce. Allowed: {allowed}.',
    cause:
      'The value belongs to the contract, but this version cannot keep the promise. Accepting it would weaken the contract silently.',
    fix: 'Remove the field or use an allowed value until a version that enforces it is installed.',
  },
  'FUL-1004': {
    name: 'Contradiction',
    status: 500,
    title: 'Two parts of a declaration contradict each other',
    message: '{field} is {found}, which contradicts {other}: {reason}. Allowed: {allowed}.',
    cause: 'Each value is allowed on its own, but no plan can keep both promises.',
    fix: 'Decide which of the two the operation needs and change the other.',
  },
  'FUL-1005': {
    name: 'DuplicateName',
    status: 500,
    title: 'A name is declared twice',
    message: 'The {kind} "{name}" is declared more than once: {where}. Allowed: one declaration per name.',
    cause:
      'Names of modules, operations, events, errors and tags identify them on the wire and in metrics, so they must be unique.',
    fix: 'Rename one of them. If it is the same declaration, check that its file is loaded only once.',
  },
  'FUL-1006': {
    name: 'MissingHandler',
    status: 500,
    title: 'An operation has no handler',
    message:
      'Module "{module}" has no handler for "{name}". Allowed: one handler for each of its operations.',
    cause:
      'A signature of the module is listed or routed, but `handlers` does not contain `on(signature, …)` for it.',
    fix: 'Add the handler, or remove the signature.',
  },
  'FUL-1007': {
    name: 'UnknownHandler',
    status: 500,
    title: 'A handler belongs to no operation of its module',
    message: 'Module "{module}" has a handler for "{found}": {reason}. Allowed: {allowed}.',
    cause: 'A module may only handle its own operations and the events that it subscribes to, each once.',
    fix: 'Move the handler to the module that owns the operation, or correct the signature given to `on`.',
  },
  'FUL-1008': {
    name: 'MissingCapability',
    status: 500,
    title: 'A promise needs a part that is not configured',
    message: '{field} is {found}, which needs {capability}. Configured: {configured}.',
    cause:
      'The contract cannot be kept with the configured stores and adapters, and Fulcrum never weakens a contract silently.',
    fix: 'Configure the missing part, or relax the contract.',
  },
  'FUL-1009': {
    name: 'InvalidPath',
    status: 500,
    title: 'A route is malformed',
    message: '{field} is {found}: {reason}. Allowed: {allowed}.',
    cause:
      "A route is a method, one space and a path of literal segments and parameters, such as 'GET /profiles/:userId'.",
    fix: 'Correct the route.',
  },
  'FUL-1010': {
    name: 'PathParameterNotInInput',
    status: 500,
    title: 'A path parameter is not part of the input',
    message: '{field} has the parameter "{found}", which the input does not have. Allowed: {allowed}.',
    cause:
      'Path parameters are fields of the input; a parameter that the input schema does not list would be dropped.',
    fix: 'Add the field to the input schema, or rename the parameter.',
  },
  'FUL-1011': {
    name: 'SchemaNotConvertible',
    status: 500,
    title: 'A schema cannot be expressed as JSON Schema',
    message: '{field} is {found}: {reason}. Allowed: {allowed}.',
    cause:
      'Coercion of path and query strings and the OpenAPI document need JSON Schema, which comes from Standard JSON Schema.',
    fix: 'Use a schema library that implements Standard JSON Schema, or a schema without the part that has no JSON form.',
  },
  'FUL-1012': {
    name: 'ConfigInvalid',
    status: 500,
    title: 'The configuration is wrong',
    message: 'The configuration has {found} at {field}. Allowed: {allowed}.',
    cause:
      'A value in `fulcrum.config.ts`, an option of an adapter or an environment variable cannot be used.',
    fix: 'Correct the value.',
  },
  'FUL-1013': {
    name: 'MissingSetting',
    status: 500,
    title: 'A setting is missing',
    message: '{setting} is not set. Allowed: {allowed}.',
    cause: 'The setting has no safe default, so the application does not start without it.',
    fix: 'Set it in the environment or in `fulcrum.config.ts`.',
  },
  'FUL-1014': {
    name: 'OptionalPeerMissing',
    status: 500,
    title: 'An optional package is not installed',
    message: '{feature} needs the package "{peer}", which could not be loaded. Run: {install}.',
    cause:
      'Clients of optional parts are peer dependencies, so that applications that do not use the part do not install them.',
    fix: 'Install the package with the command in the message.',
  },
  'FUL-1015': {
    name: 'DuplicateRoute',
    status: 500,
    title: 'Two operations have the same route',
    message: '{field} is {found}, which "{other}" also has. Allowed: one operation per method and path.',
    cause: 'Two routes match the same requests. The names of parameters do not make routes different.',
    fix: 'Change the method or the path of one of them.',
  },
  'FUL-1016': {
    name: 'UnknownReference',
    status: 500,
    title: 'A declaration refers to something that the application does not have',
    message: '{field} refers to {found}, which the application does not have.{hint} Allowed: {allowed}.',
    cause: 'A declaration names an operation, event, tag or module that no loaded module declares.',
    fix: 'Add the module that declares it to the configuration, or correct the reference.',
  },
  'FUL-1017': {
    name: 'StartFailed',
    status: 500,
    title: 'A part of the application did not start',
    message: '{part} did not start: {reason}.',
    cause:
      'A store, a server or another started part reported an error while starting; parts started before it were stopped again.',
    fix: 'See the cause of the error.',
  },
  'FUL-1018': {
    name: 'FieldOfOtherKind',
    status: 500,
    title: 'A field belongs to another kind of operation',
    message: '{field} belongs to {owner}, and this is {kind}. Allowed: {allowed}.',
    cause:
      'Each kind of operation makes promises of its own: a query has a consistency, a command has a transaction. The field would have no effect here.',
    fix: 'Remove the field, or declare the operation as the kind that has it.',
  },
  'FUL-1040': {
    name: 'ModuleNotExtractable',
    status: 500,
    title: 'A module cannot run in a process of its own',
    message: 'Module {module} cannot be extracted: {edge}, and {callee} would answer from another process.',
    cause:
      'What is of one transaction or of one snapshot happens on one connection of one database. Another process would take part in neither: what it did would stay when the transaction is rolled back, and what it read would be of another moment.',
    fix: 'Let the one side emit an event that the other one subscribes to, pass what is needed in the input, or call from a job or from a query that promises no common state (`fulcrum modules` lists all edges).',
  },
} as const
