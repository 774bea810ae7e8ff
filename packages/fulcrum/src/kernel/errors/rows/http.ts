/** 7xxx: HTTP server, mounts and clients. */
export const HTTP_ERRORS = {
  'FUL-7001': {
    name: 'AddressInUse',
    status: 500,
    title: 'The address to listen on is taken',
    message: 'Cannot listen on port {port} of {host}: {reason}.',
    cause: 'Another process listens on the port, or the process may not use it or does not have the address.',
    fix: 'Stop the other process, or choose another port (`PORT=4001 npm start`); 0 picks a free one.',
  },
  'FUL-7002': {
    name: 'BodyConsumed',
    status: 500,
    title: 'The request body has been read by somebody else',
    message:
      'The body was read before the request came to Fulcrum, and what was read was not left on the request.',
    cause: "The application's own middleware has consumed the request stream without setting `request.body`.",
    fix: 'Mount Fulcrum before that middleware, or let the middleware leave what it read in `request.body`.',
  },
  'FUL-7500': {
    name: 'NotOverHttp',
    status: 500,
    title: 'The operation has no route',
    message: 'It has no route, so a client cannot call it.',
    cause: 'The signature states no `http`.',
    fix: 'Declare a route (`http`), or call the operation in process.',
  },
  'FUL-7501': {
    name: 'NotSendable',
    status: 400,
    title: 'The input cannot be sent',
    message: 'The input cannot be sent: {field} is {found}. Allowed: {allowed}.',
    cause:
      'Paths and query strings carry texts, numbers, booleans and (query only) lists of them; bodies carry JSON. Nothing was sent.',
    fix: 'Change the value, or give the operation a route whose body carries it.',
  },
  'FUL-7502': {
    name: 'NoAnswer',
    status: 503,
    title: 'No answer came',
    message: 'No answer came from {server}: {reason}.{consequence}',
    cause: 'The server could not be reached, or the connection was lost before the answer was complete.',
    fix: 'Queries have been tried several times. A command may have been carried out: look before repeating it.',
  },
  'FUL-7503': {
    name: 'AnswerUnreadable',
    status: 502,
    title: 'The answer cannot be read',
    message: 'The answer with status {status} cannot be read: {reason}.',
    cause:
      'The server reported success, but what came is not the JSON of an operation: a proxy or a captive portal answered, or the answer was cut off.',
    fix: 'Look at what lies between client and server. A command has been carried out if it was Fulcrum that answered.',
  },
  'FUL-7504': {
    name: 'RemoteProblem',
    status: 502,
    title: 'The server answered with an error',
    message: 'The server answered {status} ({problem}): {detail}',
    cause:
      "The server refused or failed the call with an error that the signature does not declare. The error's `problem` is what it said.",
    fix: 'See the code in `problem.code`; the server has the rest in its log under `requestId`.',
  },
  'FUL-7505': {
    name: 'InvalidClientOption',
    status: 500,
    title: 'An option of the client is invalid',
    message: 'The option {field} is {found}. Allowed: {allowed}.',
    cause: 'An option of `createClient` or of a call has a value that does not exist.',
    fix: 'Use one of the allowed values.',
  },
} as const
