import type { NodeRole } from '../../../ports/store.ts'

/** What is asked before the data of a read: `lower` where a lower bound is enough, `both` also for what was in progress. */
type Openings = Readonly<Record<'lower' | 'both', string>>

/**
 * How far a node is, asked in a statement of its own before the data: whatever was acknowledged before a position that lies behind it is part of
 * what is read next. In one statement with the data it would be asked after the snapshot was taken.
 *
 * Inputs: none. Output: one row. On a primary the position up to which the log is flushed: what is behind that can be lost in a crash, after which
 * its positions are given to something else. On a replica the timeline is that of what it receives, NULL where it receives nothing or the role may
 * not see it (outside pg_read_all_stats); a replica that receives nothing may replay what belongs to another timeline, so it is
 * taken to be no further than what it had received.
 */
export const OPENING: Readonly<Record<NodeRole, Openings>> = {
  primary: {
    lower: 'SELECT pg_current_wal_flush_lsn()::text AS lo',
    both: 'SELECT pg_current_wal_flush_lsn()::text AS lo, pg_current_snapshot()::text AS snapshot',
  },
  replica: {
    lower: replicaPosition(),
    both: replicaPosition(),
  },
}

function replicaPosition(): string {
  return `
SELECT CASE WHEN receiver.pid IS NULL
         THEN least(pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn())
         ELSE pg_last_wal_replay_lsn()
       END::text AS lo,
       receiver.received_tli AS timeline
FROM pg_stat_get_wal_receiver() AS receiver`
}

export interface OpeningRow {
  readonly lo: string | null
  readonly snapshot?: string
  readonly timeline?: number | null
}

/**
 * How far a node is, asked after the snapshot of the data was taken: nothing beyond that was seen. Inputs: none. Output: one row.
 *
 * A replica's replay position moves after what was replayed has become visible, so the position up to which it has received counts where it is
 * ahead. `hi` is NULL where there is no such bound: the server has been promoted, or it replays what it has not received from its primary (an
 * archive, or its own log after a restart). `rx` is the `xmax` of its snapshot; on a standby nothing else of a snapshot can be used.
 */
export const CLOSING: Readonly<Record<NodeRole, string>> = {
  primary: 'SELECT pg_current_wal_insert_lsn()::text AS hi',
  replica: `
SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL
            WHEN receiver.pid IS NOT NULL
              OR (current_setting('restore_command') = '' AND pg_last_wal_receive_lsn() IS NOT NULL)
            THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
       END::text AS hi,
       pg_snapshot_xmax(pg_current_snapshot())::text AS rx,
       receiver.received_tli AS timeline
FROM pg_stat_get_wal_receiver() AS receiver`,
}

export interface ClosingRow {
  readonly hi: string | null
  readonly rx?: string
  readonly timeline?: number | null
}
