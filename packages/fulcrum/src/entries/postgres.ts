export type { PgConfig, PgPool, PostgresOptions } from '../adapters/postgres/options.ts'
export { postgres } from '../adapters/postgres/source.ts'
export type { StoreSource } from '../ports/store-source.ts'
