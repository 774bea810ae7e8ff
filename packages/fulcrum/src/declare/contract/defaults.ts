import type { Duration } from '../../kernel/duration.ts'
import type { IfMatch, IsolationLevel } from './vocabulary.ts'

/** What holds where a contract says nothing. Defaults are the safe values: every relaxation is declared. */
export const DEFAULT_ISOLATION: IsolationLevel = 'serializable'
export const DEFAULT_IF_MATCH: IfMatch = false
/** A call without a deadline over HTTP would outlive the caller's patience and hold a connection for nobody. */
export const DEFAULT_HTTP_DEADLINE: Duration = '1s'
/** Reads that are declared to take at most this long share pipelined connections: a longer one would delay its neighbours. */
export const PIPELINED_UP_TO: Duration = '10ms'
