export type { EmbeddedCluster } from '../adapters/embedded-postgres/attachment.ts'
export {
  embedded,
  type EmbeddedOptions,
  type EmbeddedParts,
  type EmbeddedSource,
} from '../adapters/embedded-postgres/source.ts'
