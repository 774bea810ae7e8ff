/**
 * One history of one cluster: its system identifier and the timeline, as `7431…/3`. Positions of different epochs cannot be compared: after a
 * failover the new primary reuses the numbers of what the old one had not passed on.
 */
export type EpochId = string

export interface Epoch {
  /** Given to a cluster by initdb and shared by all its nodes. */
  readonly systemId: string
  /** Goes up with every promotion. */
  readonly timeline: number
}

export function epochId({ systemId, timeline }: Epoch): EpochId {
  return `${systemId}/${timeline}`
}

/** `undefined` for what is not an epoch. */
export function parseEpoch(id: EpochId): Epoch | undefined {
  const [, systemId, timeline] = /^(\d{1,20})\/(\d{1,10})$/.exec(id) ?? []
  return systemId === undefined ? undefined : { systemId, timeline: Number(timeline) }
}
