/** 4xxx: PostgreSQL adapter and migrations. */
export const POSTGRES_ERRORS = {} as const
