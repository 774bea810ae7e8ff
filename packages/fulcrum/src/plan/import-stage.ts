import { DEFAULT_BATCH_DEADLINE, DEFAULT_IDEMPOTENCY_TTL } from '../declare/contract/defaults.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { onceTerms } from './module-facts.ts'
import { type Drawing, present } from './stages.ts'

const LINES = 1_000
const BYTES = 1_048_576

/** The stage of a command whose input is a stream of rows. */
export function importing({ contract }: AnyOperation): Drawing {
  const timeout = parseDuration(contract.latency?.deadline ?? DEFAULT_BATCH_DEADLINE) as number
  const ttl = parseDuration(onceTerms(contract)?.ttl ?? DEFAULT_IDEMPOTENCY_TTL) as number
  const reason = `rows are read as they are needed, validated one by one, and applied in batches of up to ${LINES} lines, each of which may take ${formatDuration(timeout)} and is a transaction with a checkpoint: how far it is, with a digest of all lines so far. An import that was cut off goes on from there when it is sent again with its key; other lines under the key are refused with 422`
  return present({ stage: 'import', size: LINES, bytes: BYTES, timeout, ttl, reason })
}
