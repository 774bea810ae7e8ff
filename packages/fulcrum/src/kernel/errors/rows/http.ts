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
} as const
