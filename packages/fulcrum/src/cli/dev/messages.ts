/** What the process of an application is started with. */
export interface AppProcessSettings {
  readonly config: string
  readonly port: number
  readonly host: string
  /** Throw the data of the development database away before serving. */
  readonly fresh: boolean
  /** Whole stacks of errors. */
  readonly verbose: boolean
}

/** From the process of an application to `fulcrum dev`. */
export type Report =
  /** Files that it has loaded, or tried to, outside of `node_modules`. */
  | { readonly type: 'files'; readonly files: readonly string[] }
  /** Folders of which every file counts: migrations. */
  | { readonly type: 'folders'; readonly folders: readonly string[] }
  /** It holds; nothing of it is started before `serve`. */
  | { readonly type: 'loaded' }
  | { readonly type: 'serving' }
  /** No change of a file can help. */
  | { readonly type: 'hopeless'; readonly code: 1 | 2 }

/** From `fulcrum dev` to the process of an application. */
export type Order = { readonly type: 'serve' } | { readonly type: 'stop' }
