/** 6xxx: command line. */
export const CLI_ERRORS = {} as const
