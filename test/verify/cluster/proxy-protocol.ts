/** What instances connect to, each by a port of its own. */
export const ROUTES = ['primary', 'replica_1', 'replica_2', 'redis'] as const
export type Route = (typeof ROUTES)[number]

/** Connections that are told apart: those that carry the change stream, and those over which an instance asks where the primary is. */
export type Kind = 'change stream' | 'positions'

export type Order =
  /** Where it leads from now on; what is connected is cut off. */
  | { readonly do: 'point'; readonly route: Route; readonly port: number }
  /** Nobody gets through any more. */
  | { readonly do: 'shut'; readonly route: Route }
  /** The next so many COMMITs to the primary are cut, each in another place. */
  | { readonly do: 'cut commits'; readonly count: number }
  /** What clients send is held back, and comes through when it flows again. */
  | { readonly do: 'stall' | 'flow'; readonly route: Route }
  /** What the primary sends over connections of this kind is held back, and comes through when it is released. */
  | { readonly do: 'hold' | 'release'; readonly answers: Kind }
  /** Of what is sent to PostgreSQL at once, every third time the first question gets there so many milliseconds before the others, or the last one after them. 0: no more. */
  | { readonly do: 'split'; readonly ms: number }

export type Command = Order & { readonly id: number }

export type Message = { readonly done: number } | { readonly ports: Readonly<Record<Route, number>> }
