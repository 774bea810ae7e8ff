import type { Snapshot } from '../../consistency/snapshot.ts'

/** `10:20:10,14,15` as PostgreSQL prints a `pg_snapshot`: xmin, xmax, and what is in progress between them. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin, xmax, xip] = text.split(':')
  return {
    xmin: Number(xmin),
    xmax: Number(xmax),
    xip: xip === undefined || xip === '' ? [] : xip.split(',').map(Number),
  }
}
