import { Auditor } from '../enforce/audit/auditor.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Store } from '../ports/store.ts'
import type { AppParts } from './app-parts.ts'
import type { AppConfig } from './config.ts'

const SHARE = 0.001

export interface AuditorOptions extends AppParts {
  readonly config: AppConfig
  readonly store: Store | undefined
  readonly metrics: Metrics
}

/** What compares answers with the primary; `undefined` where there is none, or nothing is to be compared. */
export function openAuditor({ config, store, metrics, ...parts }: AuditorOptions): Auditor | undefined {
  const share = config.audit?.share ?? SHARE
  if (store === undefined || share === 0) return undefined
  return new Auditor({ ...parts, store, share, counts: (operation) => metrics.audit(operation) })
}
