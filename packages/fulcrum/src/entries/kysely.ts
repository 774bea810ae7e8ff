export { kysely } from '../adapters/kysely/kysely.ts'
