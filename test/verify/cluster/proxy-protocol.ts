/** What instances connect to, each by a port of its own. */
export const ROUTES = ['primary', 'replica_1', 'replica_2', 'redis'] as const
export type Route = (typeof ROUTES)[number]

export type Order =
  /** Where it leads from now on; what is connected is cut off. */
  | { readonly do: 'point'; readonly route: Route; readonly port: number }
  /** Nobody gets through any more. */
  | { readonly do: 'shut'; readonly route: Route }
  /** The next so many COMMITs to the primary are cut, each in another place. */
  | { readonly do: 'cut commits'; readonly count: number }
  /** What clients send is held back, and comes through when it flows again. */
  | { readonly do: 'stall' | 'flow'; readonly route: Route }

export type Command = Order & { readonly id: number }

export type Message = { readonly done: number } | { readonly ports: Readonly<Record<Route, number>> }
