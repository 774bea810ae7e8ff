/** 5xxx: embedded cluster. */
export const EMBEDDED_ERRORS = {} as const
