import { CACHES } from './caches.ts'
import { DATABASE } from './database.ts'
import { LABELS } from './labels.ts'
import type { Mutation } from './mutation.ts'
import { TOKENS } from './tokens.ts'

/** Each has to be found out. */
export const MUTATIONS: readonly Mutation[] = [...LABELS, ...TOKENS, ...CACHES, ...DATABASE]
