import type { InternalConfig } from 'fulcrum/app'

/** The key that both processes have, and the port at which the other one calls this one. */
export function internal({
  INTERNAL_KEY,
  INTERNAL_PORT,
}: Readonly<Record<string, string | undefined>>): InternalConfig {
  return { keys: [INTERNAL_KEY ?? ''], port: Number(INTERNAL_PORT) }
}
