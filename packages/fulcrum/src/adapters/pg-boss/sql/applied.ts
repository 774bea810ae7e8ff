import { SCHEMA } from '../schema.ts'

/** Notes that the transaction is what the job $1 of the queue $2 comes to. */
export const NOTE_APPLIED = 'INSERT INTO fulcrum.applied_job (id, queue) VALUES ($1, $2)'

export const WAS_APPLIED = 'SELECT FROM fulcrum.applied_job WHERE id = $1'

/**
 * Forgets, of $1 at a time, jobs that were applied a day ago and that nobody will run again. A day: who still holds the claim that it lost has long
 * come to the end of its time. Not while there is a job that is not completed, under that id or taken back from the dead letters.
 */
export const FORGET_APPLIED: string = `
DELETE FROM fulcrum.applied_job WHERE id IN (
  SELECT id FROM fulcrum.applied_job AS applied
  WHERE applied_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM ${SCHEMA}.job WHERE job.name = applied.queue AND job.id = applied.id AND state <> 'completed')
    AND NOT EXISTS (SELECT FROM ${SCHEMA}.job WHERE source_root_id = applied.id AND state <> 'completed')
  LIMIT $1::int
)`
