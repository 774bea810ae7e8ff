/** Inputs: instance, milliseconds. */
export const BEAT = `
INSERT INTO fulcrum.step_instance (instance, alive_until) VALUES ($1, clock_timestamp() + $2::float8 * interval '1 millisecond')
ON CONFLICT (instance) DO UPDATE SET alive_until = excluded.alive_until`

/**
 * Inputs: run, call, operation, fingerprint, input, principal, instance, holder. Output: one row, of the run that there is now; none where one has come into being, or has
 * ended, while the statement ran. A run whose answer is not kept any more makes room.
 */
export const BEGIN_RUN = `
WITH begun AS (
  INSERT INTO fulcrum.step_run (run, call, operation, fingerprint, input, principal, instance, holder)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (call) WHERE state <> 'undone' DO UPDATE SET
    run = excluded.run, fingerprint = excluded.fingerprint, input = excluded.input, principal = excluded.principal,
    instance = excluded.instance, holder = excluded.holder, state = 'running', reason = NULL, takeovers = 0,
    began_at = clock_timestamp(), keep_until = NULL
  WHERE step_run.state = 'done' AND step_run.keep_until <= clock_timestamp()
  RETURNING run, fingerprint, state
)
SELECT run::text AS run, fingerprint::text AS fingerprint, state FROM begun
UNION ALL
SELECT run::text, fingerprint::text, state FROM fulcrum.step_run
WHERE call = $2 AND state <> 'undone' AND NOT EXISTS (SELECT FROM begun)`

export interface BegunRow {
  readonly run: string
  readonly fingerprint: string
  readonly state: string
}

/**
 * Inputs: instance, operations, runs that it has, how many at the most, for how many milliseconds the instance is alive where it takes any. Output: runs of instances that are gone, of nobody, and those that this one has forgotten of, with
 * a new holder. Who notes a step of one of them at this moment has it locked; then it is looked at the next time.
 */
export const TAKE_RUNS = `
WITH taken AS (
UPDATE fulcrum.step_run SET instance = $1, holder = gen_random_uuid(), takeovers = takeovers + 1
WHERE run IN (
  SELECT run FROM fulcrum.step_run AS open
  WHERE state IN ('running', 'compensating') AND operation = ANY ($2::text[])
    AND CASE WHEN instance = $1 THEN NOT run = ANY ($3::uuid[]) AND began_at < clock_timestamp() - interval '30 seconds'
        ELSE NOT EXISTS (
          SELECT FROM fulcrum.step_instance WHERE instance = open.instance AND alive_until > clock_timestamp()
        ) END
  ORDER BY began_at LIMIT $4 FOR UPDATE SKIP LOCKED
)
RETURNING run::text AS run, holder::text AS holder, call::text AS call, fingerprint::text AS fingerprint, operation, input, principal, state,
  (extract(epoch FROM clock_timestamp() - began_at) * 1000)::float8 AS age, (extract(epoch FROM began_at) * 1000)::float8 AS began_at
), alive AS (
  INSERT INTO fulcrum.step_instance (instance, alive_until)
  SELECT $1, clock_timestamp() + $5::float8 * interval '1 millisecond' WHERE EXISTS (SELECT FROM taken)
  ON CONFLICT (instance) DO UPDATE SET alive_until = excluded.alive_until
)
SELECT * FROM taken`

export interface TakenRow {
  readonly run: string
  readonly holder: string
  readonly call: string
  readonly fingerprint: string
  readonly operation: string
  readonly input: Uint8Array
  readonly principal: Uint8Array
  readonly state: 'running' | 'compensating'
  readonly age: number
  readonly began_at: number
}

/** Input: run. */
export const READ_MEMOS =
  'SELECT name, part, position, answer FROM fulcrum.step WHERE run = $1 ORDER BY position'

/**
 * Inputs: lists of runs, holders, names, parts, positions and answers (hexadecimal). Output: the places in the lists, from 1, of those whose run is still its holder's. Those
 * are there now, or were before.
 */
export const NOTE_MEMOS = `
WITH given AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::text[])
    WITH ORDINALITY AS memo (run, holder, name, part, position, answer, place)
), kept AS (
  SELECT given.* FROM given JOIN fulcrum.step_run USING (run)
  WHERE step_run.holder = given.holder AND step_run.state IN ('running', 'compensating')
  FOR SHARE OF step_run
), noted AS (
  INSERT INTO fulcrum.step (run, name, part, position, answer)
  SELECT run, name, part, position, decode(answer, 'hex') FROM kept
  ON CONFLICT (run, name, part) DO NOTHING
)
SELECT place::int AS place FROM kept`

/**
 * Inputs: run, holder, name, part, position, answer. Fails (23502) where the run is not its holder's any more. It reads the row with a lock that a take-over waits for,
 * so of the two only one comes first.
 */
export const NOTE_MEMO = `
INSERT INTO fulcrum.step (run, name, part, position, answer)
VALUES (
  (SELECT run FROM fulcrum.step_run WHERE run = $1 AND holder = $2 AND state IN ('running', 'compensating') FOR SHARE),
  $3, $4, $5, $6
)`

/** Inputs: run, holder, state, reason. Where it gets stuck, it is remembered in which direction. */
export const TURN_RUN = `
UPDATE fulcrum.step_run SET state = $3, reason = $4, stuck_in = CASE WHEN $3 = 'stuck' THEN state END
WHERE run = $1 AND holder = $2 AND state IN ('running', 'compensating')`

/** Inputs: run, holder, state, milliseconds to keep it, reason. */
export const END_RUN = `
UPDATE fulcrum.step_run
SET state = $3, keep_until = clock_timestamp() + $4::float8 * interval '1 millisecond', reason = coalesce($5, reason),
  input = NULL, principal = NULL, instance = NULL
WHERE run = $1 AND holder = $2 AND state IN ('running', 'compensating')`

/** The same, but fails (22P02) where the run is not its holder's any more, so that the transaction around it does. The text is what the server's log then shows. */
export const END_RUN_OR_FAIL: string = `
WITH ended AS (${END_RUN} RETURNING 1)
SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 1
            ELSE ('the run is not its holder''s any more, seen by ' || pg_backend_pid())::int END`

/** Inputs: runs, holders. */
export const LEAVE_RUNS = `
UPDATE fulcrum.step_run SET instance = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS mine (run, holder)
WHERE step_run.run = mine.run AND step_run.holder = mine.holder AND state IN ('running', 'compensating')`

/** Input: how many at the most. Output: how many that were. */
export const FORGET_RUNS = `
WITH gone AS (
  DELETE FROM fulcrum.step_run WHERE run IN (
    SELECT run FROM fulcrum.step_run WHERE keep_until <= clock_timestamp()
    ORDER BY keep_until LIMIT $1 FOR UPDATE SKIP LOCKED
  ) RETURNING run
), steps AS (
  DELETE FROM fulcrum.step USING gone WHERE step.run = gone.run
), instances AS (
  DELETE FROM fulcrum.step_instance WHERE alive_until < clock_timestamp() - interval '1 day'
)
SELECT count(*)::int AS forgotten FROM gone`

const SHOWN = 'SELECT run::text AS run, operation, state, reason, began_at, takeovers FROM fulcrum.step_run'

/** Inputs: states, operation or null, how many at the most. */
export const SHOW_RUNS: string = `${SHOWN}
WHERE state = ANY ($1::text[]) AND ($2::text IS NULL OR operation = $2) ORDER BY began_at LIMIT $3`

/** Input: run. */
export const SHOW_RUN: string = `${SHOWN} WHERE run = $1`

export interface ShownRow {
  readonly run: string
  readonly operation: string
  readonly state: string
  readonly reason: string | null
  readonly began_at: Date
  readonly takeovers: number
}

/** Input: run. Its time begins anew. */
export const RETRY_RUN = `
UPDATE fulcrum.step_run
SET state = coalesce(stuck_in, 'running'), stuck_in = NULL, reason = NULL, instance = NULL, began_at = clock_timestamp()
WHERE run = $1 AND state = 'stuck' RETURNING 1 AS retried`
