/** 7xxx: HTTP server, mounts and clients. */
export const HTTP_ERRORS = {} as const
